"""What a feed format must be able to do, so that feeds can be put together from parts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.syndicate.feeds.entry import Entry
from services.syndicate.feeds.site import Site
from services.syndicate.feeds.walk import THE_FEED_ITSELF, Walk
from services.syndicate.feeds.words import description_of

MEDIA_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
"""What each format is called in HTTP and in links, by the end of its addresses."""


@dataclass(frozen=True)
class Head:
    """What stands above the entries."""

    name: str
    title: str
    language: str
    updated: datetime
    """The newest change of an entry, never the clock: the same state gives the same bytes."""
    walk: Walk = THE_FEED_ITSELF

    @property
    def description(self) -> str:
        """A sentence about what is in the feed."""
        return description_of(self.name, self.title)

    def address(self, site: Site, extension: str) -> str | None:
        """Where it is, in one format; nothing if it can't be asked for."""
        return self.walk.url(site, self.name, extension)

    def feed(self, site: Site, extension: str) -> str | None:
        """Where the feed is that it belongs to."""
        return site.feed(self.name, extension)

    def hub(self, site: Site) -> str | None:
        """Where to subscribe to it."""
        return None if self.walk.page else site.hub

    def others(self, extension: str) -> list[str]:
        """The other formats that everybody can have who has it in one."""
        return [other for other in MEDIA_TYPES if other != extension]

    def identity(self, site: Site) -> str:
        """What names it for ever."""
        return site.feed(self.name, "atom")


@dataclass(frozen=True)
class PrivateHead(Head):
    """Above what is one partner's alone: no hub has it. `name` is the partner's code, or an
    article's id."""

    base: str | None = None
    """Its address without the format, and never with a key; nothing if it only goes out by push."""

    @property
    def description(self) -> str:
        """What it is called."""
        return self.title

    def address(self, site: Site, extension: str) -> str | None:  # noqa: ARG002 - it is in `base`
        """Where it is, in one format."""
        return self.base and f"{self.base}.{extension}"

    feed = address

    def hub(self, site: Site) -> str | None:  # noqa: ARG002
        """Nowhere."""
        return None

    def others(self, extension: str) -> list[str]:  # noqa: ARG002
        """None: a partner has those of its contract."""
        return []

    def identity(self, site: Site) -> str:  # noqa: ARG002
        """What names it for ever."""
        return f"urn:tinbai:feed:{self.name}"


class Format(Protocol):
    """A document is `opening`, then fragments with `separator` between them, then `closing`."""

    @property
    def extension(self) -> str:
        """How an address of it ends."""

    @property
    def media_type(self) -> str:
        """Its name in HTTP."""

    @property
    def separator(self) -> bytes:
        """What stands between two entries."""

    @property
    def closing(self) -> bytes:
        """What stands below the last entry."""

    def opening(self, site: Site, head: Head) -> bytes:
        """Everything above the first entry."""

    def fragment(self, site: Site, entry: Entry) -> bytes:
        """One entry; it reads the same in every feed."""
