"""From the bytes of a feed to its items. Pure: RSS 0.9 to 2.0 and Atom."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice

from lxml import etree

from services.common.said import said
from services.ingest.polling import atom, rss
from services.ingest.polling.document import Document, NotAFeed, line_of, name_of, read_xml
from services.ingest.polling.entry import BadEntry, Entry

MOST_ITEMS = 2000
_ID = 300  # characters that an `external_id` may have

_READERS: dict[str, Callable[[etree._Element], Entry]] = {
    "item": rss.entry_of,
    "entry": atom.entry_of,
}


@dataclass(frozen=True)
class Item:
    """An entry that can be told from all others, and whether it has changed."""

    external_id: str
    entry: Entry

    @cached_property
    def digest(self) -> str:
        """Tell its content from any other. Its date is no part of it: many sites renew it."""
        content = [value for name, value in vars(self.entry).items() if name != "dated"]
        return hashlib.sha256(repr(content).encode(errors="surrogatepass")).hexdigest()

    @property
    def dated(self) -> datetime | None:
        """When the site says it was last touched."""
        return self.entry.dated


@dataclass(frozen=True)
class Note:
    """Why an item was not taken, or what is wrong with the feed as a whole (no `item`)."""

    item: str | None
    reason: str


@dataclass(frozen=True)
class Feed:
    """What a feed holds: items in the order of the document, and what could not be read."""

    items: Sequence[Item]
    notes: Sequence[Note]


def parse(data: bytes, url: str) -> Feed:
    """Read a feed. A broken item is left out with a note. Raises NotAFeed."""
    document = read_xml(data, url)
    if not _is_feed(document.root):
        raise NotAFeed("it is XML, but neither RSS nor Atom")
    notes, items = _notes_on(document), dict[str, Item]()
    elements = list(islice(_entries(document.root), MOST_ITEMS + 1))
    if len(elements) > MOST_ITEMS:
        notes.append(Note(None, said("only the first {most} items are read", most=MOST_ITEMS)))
    for place, element in enumerate(elements[:MOST_ITEMS]):
        try:
            item = _item(element, cut_off=document.cut_off and element is elements[-1])
        except BadEntry as bad:
            notes.append(Note(_label(element, place), bad.reason))
            continue
        if items.setdefault(item.external_id, item) is not item:
            notes.append(Note(_label(element, place), said("another item has the same id")))
    return Feed(list(items.values()), notes)


def _notes_on(document: Document) -> list[Note]:
    if document.fault is None:
        return []
    return [Note(None, said("not well-formed: {fault}", fault=document.fault))]


def _is_feed(root: etree._Element) -> bool:
    return name_of(root).rpartition("}")[2] in ("rss", "rdf", "feed")


def _entries(root: etree._Element) -> Iterator[etree._Element]:
    for element in root.iter(etree.Element):
        if name_of(element).rpartition("}")[2] in _READERS:
            yield element


def _item(element: etree._Element, *, cut_off: bool) -> Item:
    # Where an end tag is missing, the next items seem to stand within this one.
    if cut_off or any(inner is not element for inner in _entries(element)):
        raise BadEntry(said("its end is missing"))
    entry = _READERS[name_of(element).rpartition("}")[2]](element)
    return Item(_external_id(entry), entry)


def _external_id(entry: Entry) -> str:
    given = entry.given_id or entry.link
    if not given:
        raise BadEntry(said("it has neither an id nor a link"))
    if len(given) <= _ID:
        return given
    return f"sha256:{hashlib.sha256(given.encode()).hexdigest()}"


def _label(element: etree._Element, place: int) -> str:
    titles = (child for child in element if name_of(child).rpartition("}")[2] == "title")
    return line_of(next(titles, None))[:_ID] or f"#{place + 1}"
