"""How much of what a feed says a reader shows: `yes`, `some`, `–`, and kinds of some."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

from lxml import html

from services.syndicate.feeds.entry import Entry
from tests.readers.paper import Paper
from tests.readers.shown import Item

NOTHING = "–"
BETTER = {NOTHING: 0, "some": 1, "first": 1, "last": 1, "date": 1, "terms": 1, "yes": 2}


def squeezed(text: str) -> str:
    """Give what is read of HTML or text, without any space: readers break lines differently."""
    read = html.fromstring(f"<div>{text}</div>").text_content() if text.strip() else ""
    return "".join(read.split())


def marks(paper: Paper, shown: Sequence[Item]) -> dict[str, str]:
    """Compare a feed with what was shown of it."""
    entries, articles = paper.entries(), paper.articles()
    known = {item.id or item.link: item for item in shown}
    pairs = [(entry, known.get(entry.urn) or known.get(entry.link) or Item()) for entry in entries]
    changed = [
        (entry, (item.published, item.updated))
        for entry, item in pairs
        if entry.published != entry.updated
    ]
    return {
        "order": _order(entries, shown),
        "title": _mark(item.title.split() == entry.title.split() for entry, item in pairs),
        "link": _mark(item.link == entry.link for entry, item in pairs),
        "lead": _mark(
            _says(entry.summary, item.summary or item.content)
            for entry, item in pairs
            if entry.summary and not _says(entry.summary, entry.content)
        ),
        "text": _mark(_says_html(entry.content, item.content) for entry, item in pairs),
        "correction": _mark(
            _says(article.correction_note, item.content or item.summary)
            for article, (_, item) in zip(articles, pairs, strict=True)
            if article.correction_note
        ),
        "notice": _mark(
            _says(entry.summary, item.content or item.summary)
            for entry, item in pairs
            if entry.removed
        ),
        "published": _mark(entry.published in dates for entry, dates in changed),
        "updated": _mark(entry.updated in dates for entry, dates in changed),
        "authors": _of_several([(_names(entry), item.authors) for entry, item in pairs]),
        "categories": _categories([(entry, item.categories) for entry, item in pairs]),
        "enclosures": _of_several([(_of(entry, "url"), item.enclosures) for entry, item in pairs]),
        "captions": _of_several([(_of(entry, "caption"), item.captions) for entry, item in pairs]),
        "language": _mark(item.language == entry.language for entry, item in pairs),
        "rights": _mark(item.rights == entry.rights for entry, item in pairs if entry.rights),
        "duration": _mark(
            item.duration.partition(".")[0] in _seconds(entry)
            for entry, item in pairs
            if _seconds(entry)
        ),
        "credits": _of_several([(_of(entry, "credit"), item.credits) for entry, item in pairs]),
    }


def _order(entries: Sequence[Entry], items: Sequence[Item]) -> str:
    links = [item.link for item in items]
    if links == [entry.link for entry in entries]:
        return "yes"
    dates = [item.published for item in items if item.published]
    return "date" if dates in (sorted(dates), sorted(dates, reverse=True)) else NOTHING


def _names(entry: Entry) -> tuple[str, ...]:
    """The authors, without what some readers take for an address."""
    return tuple(author.partition(" <")[0] for author in entry.authors)


def _categories(pairs: Sequence[tuple[Entry, Sequence[str]]]) -> str:
    """Say whether the labels are shown, or only the terms."""
    labels, terms = (
        _of_several([([getattr(c, of) for c in entry.categories], shown) for entry, shown in pairs])
        for of in ("label", "term")
    )
    return "terms" if (labels, terms) == ("some", "yes") else labels


def _of(entry: Entry, field: str) -> tuple[str, ...]:
    return tuple(filter(None, map(attrgetter(field), entry.attachments)))


def _seconds(entry: Entry) -> set[str]:
    """The durations, cut and rounded."""
    known = [a.duration for a in entry.attachments if a.duration]
    return {str(of(each)) for each in known for of in (int, round)}


def _says(text: str, shown: str) -> bool:
    """Whether plain text is readable, where it may have been shown as HTML or as text."""
    wanted = "".join(text.split())
    return wanted in squeezed(shown) or wanted in "".join(shown.split())


def _says_html(text: str, shown: str) -> bool:
    return squeezed(text) in squeezed(shown)


def _mark(found: Iterable[bool]) -> str:
    outcomes = set(found)
    if outcomes == {True}:
        return "yes"
    return "some" if True in outcomes else NOTHING


def _of_several(pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> str:
    """Say whether all values are shown, or of several the first or the last only."""
    kinds: list[set[str]] = [_kinds(wanted, shown) for wanted, shown in pairs if wanted]
    for kind in ("yes", "first", "last"):
        if all(kind in each for each in kinds):
            return kind
    return "some" if any(kinds) else NOTHING


def _kinds(wanted: Sequence[str], shown: Sequence[str]) -> set[str]:
    # Some readers join names into one text.
    found = [any(value in each for each in shown) for value in wanted]
    tests: dict[str, Callable[[list[bool]], bool]] = {
        "yes": all,
        "first": lambda found: found[0],
        "last": lambda found: found[-1],
        "some": any,
    }
    return {kind for kind, test in tests.items() if test(found)}
