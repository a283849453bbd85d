"""A newsItem, as far as an article needs it.

QCodes are `alias:code`; the aliases are those of IPTC's catalog, and `tinbai`, which stands for
`urn:tinbai:`. Addresses are URIs by RFC 3986. What is empty or None is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Concept:
    """Whom or what something names: by QCode, by name, or by both."""

    qcode: str = ""
    name: str = ""
    role: str = ""
    type: str = ""


@dataclass(frozen=True)
class Block:
    """A text of several lines."""

    text: str
    role: str = ""


@dataclass(frozen=True)
class RemoteContent:
    """A file elsewhere. `width` and `height` are pixels, `duration` is seconds, `size` bytes."""

    rendition: str
    href: str
    contenttype: str
    size: int | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None


@dataclass(frozen=True)
class Link:
    """Another page, item or file, and hints of what is found there."""

    rel: str
    href: str = ""
    residref: str = ""
    contenttype: str = ""
    item_class: str = ""
    provider: str = ""
    headline: str = ""
    creditline: str = ""
    description: Block | None = None
    files: Sequence[RemoteContent] = ()


@dataclass(frozen=True)
class NewsItem:
    """An article: what NewsML-G2 says of the item first, then of its content."""

    guid: str
    version: int
    language: str
    item_class: str
    provider: Concept
    version_created: datetime
    first_created: datetime
    pub_status: str
    profile: str
    title: str
    headline: str
    usage_terms: str = ""
    embargoed: datetime | None = None
    expires: datetime | None = None
    ed_note: str = ""
    signals: Sequence[str] = ()
    links: Sequence[Link] = ()
    urgency: int | None = None
    creators: Sequence[Concept] = ()
    contributors: Sequence[Concept] = ()
    alt_ids: Sequence[Block] = ()
    genres: Sequence[Concept] = ()
    keywords: Sequence[str] = ()
    subjects: Sequence[Concept] = ()
    by: str = ""
    descriptions: Sequence[Block] = ()
    html: str | None = None
    """The content; nothing of what was taken back."""
