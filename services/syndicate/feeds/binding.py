"""From entries to documents: fragments are cut once, and bound into every feed they are in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from services.syndicate.feeds.entry import Entry
from services.syndicate.feeds.families import language_of
from services.syndicate.feeds.format import Format, Head
from services.syndicate.feeds.jsonfeed import JsonFeed
from services.syndicate.feeds.site import Site
from services.syndicate.feeds.walk import THE_FEED_ITSELF, Walk
from services.syndicate.feeds.xml import ATOM, RSS

FORMATS: tuple[Format, ...] = (RSS, ATOM, JsonFeed())
"""Every format that a public feed is given in."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # when a feed without entries last changed


@dataclass(frozen=True)
class Fragment:
    """One entry in every format, by extension."""

    parts: Mapping[str, bytes]
    digest: bytes
    updated: datetime


@dataclass(frozen=True)
class Document:
    """What is served at `path`, whole."""

    path: str
    media_type: str
    etag: str
    body: bytes

    @property
    def content_type(self) -> str:
        """What HTTP calls it."""
        return f"{self.media_type}; charset=utf-8"


def cut(entry: Entry, site: Site) -> Fragment:
    """Say one entry in every format."""
    parts = {format_.extension: format_.fragment(site, entry) for format_ in FORMATS}
    return Fragment(parts, blake2b(b"\0".join(parts.values())).digest(), entry.updated)


def bind(
    name: str,
    title: str,
    fragments: Sequence[Fragment],
    site: Site,
    walk: Walk = THE_FEED_ITSELF,
) -> list[Document]:
    """Make a feed, or a page of its history, in every format. The ETag follows from the bytes, by
    way of their digests."""
    updated = max((fragment.updated for fragment in fragments), default=_NEVER)
    head = Head(name, title, language_of(name), updated, walk)
    documents = []
    for format_ in FORMATS:
        opening = format_.opening(site, head)
        parts = [f.parts[format_.extension] for f in fragments]
        if parts:  # joined at once: a copy of a quarter of a megabyte is saved by each step less
            parts[0] = opening + parts[0]
            parts[-1] += format_.closing
        body = format_.separator.join(parts) or opening + format_.closing
        etag = blake2b(opening, digest_size=16)
        for fragment in fragments:
            etag.update(fragment.digest)
        documents.append(
            Document(
                walk.path(name, format_.extension),
                format_.media_type,
                f'"{etag.hexdigest()}"',
                body,
            )
        )
    return documents
