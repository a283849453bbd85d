"""Where a document stands in the history of its feed, and where a reader walks on from there."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.syndicate.feeds.site import Site, feed_path, page_path


@dataclass(frozen=True)
class Walk:
    """The name of the page that a document is, and of the one that comes before it in time."""

    page: str | None = None
    """Nothing for the feed itself."""
    previous: str | None = None
    """Nothing where nothing is older."""

    def path(self, feed: str, extension: str) -> str:
        """The document's own address on this service."""
        return page_path(feed, self.page, extension) if self.page else feed_path(feed, extension)

    def url(self, site: Site, feed: str, extension: str) -> str:
        """The document's own address."""
        return f"{site.syndicate_url}{self.path(feed, extension)}"

    def previous_url(self, site: Site, feed: str, extension: str) -> str | None:
        """Where the walk goes on."""
        return site.page(feed, self.previous, extension) if self.previous else None

    def links(self, site: Site, feed: str, extension: str) -> Iterator[tuple[str, str]]:
        """Give relations and addresses (RFC 5005, section 4). There is no `next-archive`: a page
        speaks of nothing newer than itself, so what is new changes none."""
        if self.page:
            yield "current", site.feed(feed, extension)
        if previous := self.previous_url(site, feed, extension):
            yield "prev-archive", previous


THE_FEED_ITSELF = Walk()
