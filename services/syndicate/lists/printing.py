"""From the store to the lists as documents."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from hashlib import blake2b

import structlog
from sqlalchemy import Connection

from services.common.database import Database, store_is_at_fault
from services.common.metrics import FEED_FAILURES
from services.syndicate.feeds.binding import Document
from services.syndicate.feeds.site import Site
from services.syndicate.lists import opml
from services.syndicate.lists import store as list_store
from services.syndicate.lists.catalogue import families
from services.syndicate.lists.index import index
from services.syndicate.lists.robots import robots
from services.syndicate.lists.sitemap import MOST, PERIOD, Sitemap
from services.syndicate.rendering import feed_store
from services.syndicate.rendering.feed_store import Feed, Proof
from services.syndicate.rendering.window import last_left

# Every article changes the sitemap, at the cost of some feeds; it is read every few minutes.
_EVERY = 1.0  # seconds

log = structlog.get_logger()


class Lists:
    """Makes the lists that have changed; apart from feeds, which don't wait for them.

    `behind` tells which are not served as they are, `take` serves and saves them.
    """

    def __init__(
        self,
        database: Database,
        site: Site,
        publication: str,
        behind: Callable[[Iterable[Feed]], list[Feed]],
        take: Callable[[list[Proof]], None],
    ) -> None:
        self._database = database
        self._site = site
        self._publication = publication
        self._behind = behind
        self._take = take
        self._sitemap = Sitemap(site, publication)
        self.due = asyncio.Event()
        """Set when there may be something to make."""

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            await self.due.wait()
            self.due.clear()
            try:
                await self.make()
            except Exception:
                log.exception("lists_not_made", pause=_EVERY)
                self.due.set()
            await asyncio.sleep(_EVERY)

    async def make(self) -> None:
        """Make those that are served in an older revision, or not at all."""
        self._take(await self._database.read(self._changed))

    def _changed(self, connection: Connection) -> list[Proof]:
        """Make them. One that can't be made is tried again with the next change of any feed."""
        make = {list_store.CATALOGUE: self._catalogue, list_store.SITEMAP: self._news}
        made: list[Proof] = []
        for each in self._behind(list_store.lists(connection)):
            try:
                made.append(Proof(each.name, each.revision, make[each.name](connection)))
            except Exception as error:
                if store_is_at_fault(error):
                    raise
                FEED_FAILURES.inc()
                log.exception("list_not_made", list=each.name)
        return made

    def _catalogue(self, connection: Connection) -> Sequence[Document]:
        known = families((feed.name, feed.title) for feed in feed_store.feeds(connection))
        site, publication = self._site, self._publication
        return [
            _document("/", "text/html", index(known, site, publication)),
            _document("/feeds.opml", opml.MEDIA_TYPE, opml.opml(known, site, publication)),
            _document("/robots.txt", "text/plain", robots(site)),
        ]

    def _news(self, connection: Connection) -> Sequence[Document]:
        hour = feed_store.hour(connection)
        too_old = hour and last_left(hour, PERIOD)
        entries = feed_store.entries(connection, "latest", MOST, too_old, notice=False)
        body = self._sitemap.of(entries, partial(feed_store.articles, connection))
        return [_document("/sitemap-news.xml", "application/xml", body)]


def _document(path: str, media_type: str, body: bytes) -> Document:
    return Document(path, media_type, f'"{blake2b(body, digest_size=16).hexdigest()}"', body)
