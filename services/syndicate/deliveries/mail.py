"""An entry as a mail: for people, who read and copy, in plain text and in HTML."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import quote
from uuid import UUID

from schemas.article import Article
from schemas.partner import Kind
from schemas.times import VIETNAM
from services.syndicate.deliveries.files import File, Told
from services.syndicate.deliveries.mail_words import MailWords, mail_words_in
from services.syndicate.deliveries.plain import plain_text
from services.syndicate.deliveries.sending import Parcel
from services.syndicate.feeds.content import paragraph
from services.syndicate.feeds.entry import Entry, Names, entry_of
from services.syndicate.feeds.site import Site

_MOST_REFERENCES = 20
_HURRY = 2  # the urgency up to which a mail is marked as important


class _Policy(EmailPolicy):
    """Folds words that are not ASCII by the older code of Python's: the newer one loses spaces
    between them (and wraps long ids up in encoded words, by which no reply is found)."""

    def fold(self, name: str, value: Any) -> str:  # noqa: ANN401 - as typeshed has it
        """Give a header's lines."""
        if not isinstance(value, UnstructuredHeader):
            return super().fold(name, value)
        folded = Header(str(value), header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:  # noqa: ANN401 - likewise
        """Likewise, as bytes."""
        return self.fold(name, value).encode("ascii")


_POLICY = _Policy(linesep=SMTP.linesep, raise_on_defect=False)


@dataclass(frozen=True)
class Letter:
    """What goes into a mail, beside its parcel."""

    sender: Address
    article: Article
    """The version that the entry is about, or a stand-in that has nothing of its text."""
    older: Sequence[Told]
    """What was told of the article before, from first to last."""
    attached: File | None = None


def message_of(
    parcel: Parcel, letter: Letter, names: Names, site: Site, at: datetime
) -> EmailMessage:
    """Write the mail of a parcel."""
    article = letter.article
    words = mail_words_in(article.language)
    entry = entry_of(article, names, site)
    html = _html(parcel, article, entry, words)
    message = _addressed(parcel, letter, at)
    message["Subject"] = _subject(parcel, article, entry, words)
    message["Content-Language"] = article.language
    if article.urgency <= _HURRY or not parcel.entry.kind.stands:
        message["Importance"] = "high"
    message.set_content(plain_text(html), cte="base64")
    message.add_alternative(
        f'<!DOCTYPE html>\n<html lang="{escape(article.language)}"><body>{html}</body></html>',
        subtype="html",
        cte="base64",
    )
    if file := letter.attached:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.content, main, sub, filename=file.name)
    return message


def trial(partner: str, way: UUID, to: str, sender: Address, at: datetime) -> EmailMessage:
    """Write a mail by which ops see that a way works."""
    message = _between(sender, to, at)
    message["Message-ID"] = _id("test", partner, way, at, domain=sender.domain)
    message["Subject"] = "[THỬ] Thư thử của tinbai (a test, please ignore)"
    message.set_content(
        "Đây là thư thử đường gửi tin; xin bỏ qua.\n"
        "This mail tests the way to you; please ignore it.\n",
        cte="base64",
    )
    return message


def _between(sender: Address, to: str, at: datetime) -> EmailMessage:
    message = EmailMessage(_POLICY)
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(at)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    return message


def _addressed(parcel: Parcel, letter: Letter, at: datetime) -> EmailMessage:
    """Begin a mail, with all by which machines sort, thread and find it."""
    way, entry, sender = parcel.way, parcel.entry, letter.sender
    message = _between(sender, way.target, at)
    # A replay is another mail: mailboxes drop what has an id that they have seen.
    again = [parcel.message] if entry.replay else []
    message["Message-ID"] = _id(
        way.partner, entry.id, entry.version, entry.seq, *again, domain=sender.domain
    )
    before = [
        _id(way.partner, entry.id, told.version, told.seq, domain=sender.domain)
        for told in letter.older
    ]
    if before:
        message["In-Reply-To"] = before[-1]
        message["References"] = " ".join(before[:1] + before[1:][-_MOST_REFERENCES + 1 :])
    wish = quote(f"{mail_words_in('en').unsubscribe}: {way.partner} {way.id}")
    message["List-Id"] = f"<{way.partner}.tinbai.{sender.domain}>"
    message["List-Unsubscribe"] = f"<mailto:{sender.addr_spec}?subject={wish}>"
    message["X-Tinbai-Id"] = str(entry.id)
    message["X-Tinbai-Version"] = str(entry.version)
    message["X-Tinbai-Kind"] = entry.kind
    message["X-Tinbai-Seq"] = str(entry.seq)
    return message


def _id(*parts: object, domain: str) -> str:
    """Make a message id (RFC 5322, section 3.6.4): the same of the same parts, and short enough to
    stand in one line."""
    made = hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]
    return f"<{made}@{domain}>"


def _subject(parcel: Parcel, article: Article, entry: Entry, words: MailWords) -> str:
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


def _html(parcel: Parcel, article: Article, entry: Entry, words: MailWords) -> str:
    standing = parcel.entry.kind.stands
    top = _text(article, entry) if standing else _ending(parcel, article, entry, words)
    rows = "".join(
        f"<p>{escape(label)}: {value}</p>"
        for label, value in _facts(parcel, article, entry, words, standing=standing)
    )
    return f"{''.join(top)}<hr>{rows}"


def _text(article: Article, entry: Entry) -> Iterator[str]:
    yield f"<h1>{escape(entry.title)}</h1>"
    if article.lead:
        yield paragraph(article.lead)
    yield entry.content


def _ending(parcel: Parcel, article: Article, entry: Entry, words: MailWords) -> Iterator[str]:
    yield f"<h1>{escape(_named(article, entry, words))}</h1>"
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
