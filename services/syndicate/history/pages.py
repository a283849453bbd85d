"""Makes pages when they are asked for, one at a time: the past must not hold up the present."""

import asyncio
from collections.abc import AsyncIterator, Callable
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from services.common.codings import quick
from services.common.database import Database
from services.common.metrics import HISTORY_RENDERS
from services.syndicate.feeds.binding import Document, bind
from services.syndicate.feeds.site import Site
from services.syndicate.feeds.walk import Walk
from services.syndicate.history.cache import Cache, Made
from services.syndicate.history.looking import Found, Wanted, look_up
from services.syndicate.rendering.fragments import Fragments

_WAITING = 64  # who comes then is told to come again
_PATIENCE = 5.0  # seconds that somebody waits for the turn
_ATTEMPTS = 3  # to make a page while its articles change


class Busy(Exception):
    """Too many pages are asked for, or the page changes faster than it can be made."""


@dataclass(frozen=True)
class Seen:
    """A page as it stands now; not made where the caller has it."""

    etag: str
    walk: Walk
    made: Made | None


class Pages:
    """The pages of all feeds' histories."""

    def __init__(self, database: Database, site: Site, most: int) -> None:
        self._database = database
        self._site = site
        self._most = most
        self._cache = Cache()
        self._changed: set[UUID] = set()  # since the page that is being made was looked up
        self._turn = asyncio.Lock()
        self._waiting = 0

    def forget(self, articles: AbstractSet[UUID]) -> None:
        """Neither keep nor give a page with one of these as it was."""
        if self._turn.locked():
            self._changed |= articles
        self._cache.forget(articles)

    async def get(self, wanted: Wanted, has: Callable[[str], bool]) -> Seen | Wanted | None:
        """Give a page, or the one to look at instead, or nothing; to a caller who has the page
        already if `has` its ETag. Raises Busy."""
        look = partial(look_up, wanted=wanted, most=self._most)
        async with self._in_turn():
            for _ in range(_ATTEMPTS):
                self._changed.clear()
                found = await self._database.read(look)
                if not isinstance(found, Found):
                    return found
                etag = found.etag(self._site)
                if has(etag):
                    return Seen(etag, found.walk, None)
                made = self._cache.get(wanted.path, etag) or await self._make(found, etag)
                if self._changed.isdisjoint(found.articles):
                    self._cache.put(made)
                    return Seen(etag, found.walk, made)
        raise Busy

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        if self._waiting >= _WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._turn.acquire()
        except TimeoutError:
            raise Busy from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()

    async def _make(self, found: Found, etag: str) -> Made:
        made = await asyncio.to_thread(_make, found, etag, self._site)
        HISTORY_RENDERS.inc()
        return made


def _make(found: Found, etag: str, site: Site) -> Made:
    document = replace(_render(found, site), etag=etag)
    return Made(document, quick(document.body), frozenset(found.articles))


def _render(found: Found, site: Site) -> Document:
    fragments = Fragments(site)
    for name, title in found.names.items():
        fragments.speak_of(name, title)
    entries = [(each.article, each.version) for each in found.page.entries]
    cut = fragments.of(entries, lambda ids: {each: found.articles[each] for each in ids})
    feed = found.wanted.feed
    made = bind(feed, found.names[feed], cut, site, found.walk)
    return next(document for document in made if document.path == found.wanted.path)
