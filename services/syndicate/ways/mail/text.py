"""What a mail says of an entry, to people who read and copy."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape

from schemas.article import Article
from schemas.partner import Kind
from schemas.times import VIETNAM
from services.syndicate.feeds.content import paragraph
from services.syndicate.feeds.entry import Entry
from services.syndicate.ways.mail.words import MailWords
from services.syndicate.ways.sending import Parcel


def subject_of(parcel: Parcel, article: Article, entry: Entry, words: MailWords) -> str:
    """Say in a line what it is."""
    match parcel.entry.kind:
        case Kind.PUBLISHED:
            subject = article.headline
        case Kind.CORRECTED:
            subject = words.corrected.format(article.headline)
        case Kind.RETRACTED:
            subject = words.retracted.format(_named(article, entry, words))
        case Kind.REMOVED:
            subject = words.removed.format(_named(article, entry, words))
    if parcel.entry.replay:
        subject = words.again.format(subject)
    if not article.public:
        subject = words.test.format(subject)
    return " ".join(subject.split())


def _named(article: Article, entry: Entry, words: MailWords) -> str:
    """Name an article of whose text nothing may be said any more."""
    return words.of.format(unit=entry.unit.label, time=_local(article.published, words))


def _local(at: datetime, words: MailWords) -> str:
    return at.astimezone(VIETNAM).strftime(words.time)


def html_of(parcel: Parcel, article: Article, entry: Entry, words: MailWords, subject: str) -> str:
    """Write the article with what an editor must know beside it, or that it is to be taken down."""
    standing = parcel.entry.kind.stands
    top = _text(article, entry) if standing else _ending(parcel, article, entry, words)
    heading = entry.title if standing else subject
    rows = "".join(
        f"<p>{escape(label)}: {value}</p>"
        for label, value in _facts(parcel, article, entry, words, standing=standing)
    )
    return f"<h1>{escape(heading)}</h1>{''.join(top)}<hr>{rows}"


def _text(article: Article, entry: Entry) -> Iterator[str]:
    if article.lead:
        yield paragraph(article.lead)
    yield entry.content


def _ending(parcel: Parcel, article: Article, entry: Entry, words: MailWords) -> Iterator[str]:
    yield paragraph(words.take_down)
    if reason := parcel.entry.reason or (article.retraction.reason if article.retraction else ""):
        yield paragraph(f"{words.reason}: {reason}")
    if parcel.entry.kind is Kind.RETRACTED:
        yield paragraph(f"{words.notice}: {entry.summary}")


def _facts(
    parcel: Parcel, article: Article, entry: Entry, words: MailWords, *, standing: bool
) -> Iterable[tuple[str, str]]:
    """Give what an editor must know beside the text, as HTML."""
    if standing:
        yield words.byline, escape(", ".join(entry.authors))
        if files := "<br>".join(_files(entry)):
            yield words.files, f"<br>{files}"
        if entry.rights:
            yield words.terms, escape(entry.rights)
        if article.ed_note:
            yield words.ed_note, escape(article.ed_note)
    yield words.unit, escape(entry.unit.label)
    yield words.published, _local(article.published, words)
    yield words.version, str(parcel.entry.version)
    yield words.id, str(parcel.entry.id)
    yield words.link, _link(entry.link)


def _files(entry: Entry) -> Iterator[str]:
    for each in entry.attachments:
        told = " · ".join(filter(None, (each.caption, each.credit)))
        yield f"{_link(each.url)} {escape(told)}".strip()


def _link(address: str) -> str:
    shown = escape(address)
    return f'<a href="{shown}">{shown}</a>'
