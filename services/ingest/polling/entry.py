"""What all formats of feeds have in common: one entry, as its site tells it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import urljoin, urlsplit

from lxml import etree

from services.ingest.polling.document import name_of
from services.ingest.submission import MAX_BYTES

XHTML = "{http://www.w3.org/1999/xhtml}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"

_MOST_CHILDREN = 1000

Kind = Literal["image", "audio", "video"]
_KINDS: dict[str, Kind] = {"image": "image", "audio": "audio", "video": "video"}


class BadEntry(Exception):
    """An entry that can't be used, and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Text:
    """Text, and whether it is markup."""

    text: str
    is_html: bool = False


@dataclass(frozen=True)
class File:
    """A picture, sound or film that an entry brings."""

    href: str
    kind: Kind


@dataclass(frozen=True)
class Entry:
    """An entry of a feed, nothing of it checked yet but its size."""

    given_id: str
    link: str | None
    title: Text
    summary: Text | None
    content: Text | None
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    files: tuple[File, ...]
    language: str | None
    base: str
    dated: datetime | None


def children_of(element: etree._Element) -> dict[str, list[etree._Element]]:
    """Give the children by `{namespace}name`, lower case, those of the own namespace by `name`."""
    if len(element) > _MOST_CHILDREN:
        raise BadEntry("it has too many parts")
    own = name_of(element).rpartition("}")[0]
    found: dict[str, list[etree._Element]] = {}
    for child in element:
        space, brace, name = name_of(child).rpartition("}")
        found.setdefault(name if space == own else space + brace + name, []).append(child)
    return found


def language_of(element: etree._Element) -> str | None:
    """Give the `xml:lang` that reigns here."""
    found = element.xpath("ancestor-or-self::*[@xml:lang][1]/@xml:lang")
    return str(found[0]).strip() if isinstance(found, list) and found else None


def address(base: str, given: str | None) -> str | None:
    """Make an address whole; None for one that no reader could follow."""
    try:
        whole = urljoin(base, (given or "").strip())
        return whole if given and urlsplit(whole).scheme in ("http", "https") else None
    except ValueError:
        return None


def files_of(base: str, elements: list[etree._Element], attribute: str) -> tuple[File, ...]:
    """Give the files that elements name in an attribute, by the type that stands beside it."""
    files: dict[str, File] = {}
    for element in elements:
        href = address(base, element.get(attribute))
        said = element.get("type") or element.get("medium") or ""
        kind = _KINDS.get(said.lower().split("/")[0])
        if href and kind:
            files.setdefault(href, File(href, kind))
    return tuple(files.values())


def limited(text: Text) -> Text:
    """Let text of a bearable size pass."""
    if len(text.text) > MAX_BYTES:
        raise BadEntry("its text is too long")
    return text


def time_of(text: str) -> datetime | None:
    """Read a date of either kind; None for what is none."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(text.strip())
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None
