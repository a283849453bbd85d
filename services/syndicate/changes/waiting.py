"""Partners that wait for their next entry (long poll)."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import partial
from time import monotonic

from services.common.database import Database
from services.common.tasks import woken
from services.syndicate.changes.entries import Page, page
from services.syndicate.feeds.site import Site

_LOOK_EVERY = 1.0  # seconds, where another process may have stored entries
_MOST_AT_ONCE = 8  # long polls of one partner; more are answered at once

_READ_AT_ONCE = 2  # pages of one partner: there are few readers, and others want them too


class Arrivals:
    """Wakes those who wait, when this process has stored entries."""

    def __init__(self, database: Database, site: Site) -> None:
        self._database = database
        self._site = site
        self._came: dict[str, asyncio.Event] = {}
        self._waiting: Counter[str] = Counter()
        self._turns = defaultdict[str, asyncio.Semaphore](partial(asyncio.Semaphore, _READ_AT_ONCE))
        self.any = asyncio.Event()
        """Set whenever entries may have been stored."""

    def tell(self, partners: Iterable[str]) -> None:
        """Say that entries of these partners were stored."""
        for partner in partners:
            self.any.set()
            if came := self._came.pop(partner, None):
                came.set()

    def tell_all(self) -> None:
        """Say that entries of some partners were stored."""
        self.any.set()
        self.tell(list(self._came))

    async def page(self, partner: str, after: int, limit: int, wait: float) -> Page:
        """Give entries after a seq; where there are none, wait so many seconds for the first."""
        until = monotonic() + wait
        self._waiting[partner] += 1
        try:
            while True:
                came = self._came.setdefault(partner, asyncio.Event())
                async with self._turns[partner]:
                    found = await self._database.read(
                        lambda connection: page(connection, partner, after, limit, self._site)
                    )
                left = until - monotonic()
                if found.items or left <= 0 or self._waiting[partner] > _MOST_AT_ONCE:
                    return found
                await woken(came, min(left, _LOOK_EVERY) if self._database.shared else left)
        finally:
            self._waiting[partner] -= 1
