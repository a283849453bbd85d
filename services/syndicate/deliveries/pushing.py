"""The engine: keeps the lanes going, and the house clean."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.common.database import Database, Overloaded, what_happened
from services.common.instants import now
from services.common.metrics import DELIVERIES_WAITING, WAYS_OFF
from services.common.outgoing import Outgoing
from services.syndicate.deliveries import upkeep
from services.syndicate.deliveries.attempts import Attempts
from services.syndicate.deliveries.claims import Due, Standing
from services.syndicate.deliveries.ledger import Ledger
from services.syndicate.deliveries.loading import Attempt, Loading
from services.syndicate.deliveries.sending import Sender
from services.syndicate.feeds.site import Site
from services.syndicate.lanes.lane import Bounds, Lane

# Attempts under way, in all and to one host. A parcel takes some 100 KB meanwhile.
BOUNDS = {
    Standing.PROMPT: Bounds(places=192, per_host=4),
    Standing.SLOW: Bounds(places=64, per_host=4),
    Standing.FAILING: Bounds(places=64, per_host=1),
}

_COUNT_EVERY = 15.0  # seconds
_TIDY_EVERY = 1.0
_RETRY_AFTER = 1.0

_STORE = (SQLAlchemyError, OSError, Overloaded)

Senders = Callable[[Outgoing], Mapping[str, Sender]]
"""Gives a sender for each kind of way."""

log = structlog.get_logger()


class Pushing:
    """Runs for as long as the service does.

    Ways that failed or were slow the last time have lanes of their own, and senders of their own,
    whose look-ups of names hold up nobody else's. `stored` is set when something may have been
    queued.
    """

    def __init__(
        self,
        database: Database,
        site: Site,
        call_out: Callable[[], Outgoing],
        senders: Senders,
        stored: asyncio.Event,
    ) -> None:
        self._database = database
        self._loading = Loading(site)
        self._ledger = Ledger(database)
        self._call_out = call_out
        self._senders = senders
        self._stored = stored
        self._looks = {standing: asyncio.Event() for standing in Standing}

    async def run(self) -> None:
        """Run until cancelled. What is not done by then is in the store."""
        await self._take_up()
        async with (
            self._call_out() as trusted,
            self._call_out() as doubtful,
            asyncio.TaskGroup() as group,
        ):
            for lane in self._lanes(trusted, doubtful):
                group.create_task(lane.run())
            group.create_task(self._wake())
            group.create_task(self._tidy())
            group.create_task(self._count())

    def _lanes(self, trusted: Outgoing, doubtful: Outgoing) -> Iterable[Lane[Attempt]]:
        database, loading, ledger = self._database, self._loading, self._ledger
        first = Attempts(ledger, self._senders(trusted))
        again = Attempts(ledger, self._senders(doubtful))
        for standing, look in self._looks.items():
            attempts = first if standing is Standing.PROMPT else again
            yield Lane(database, Due(loading, standing), attempts, BOUNDS[standing], look)

    async def _wake(self) -> None:
        """Have every lane look at once when something was stored."""
        while True:
            await self._stored.wait()
            self._stored.clear()
            for look in self._looks.values():
                look.set()

    async def _take_up(self) -> None:
        """Do at once what was left when this process ended; with others beside it, it is not known
        whose it is: it is due again when its lease ends."""
        while not self._database.shared:
            try:
                await self._database.write(partial(upkeep.release, at=now()))
            except _STORE as error:
                log.warning("deliveries_not_taken_up", error=what_happened(error))
                await asyncio.sleep(_RETRY_AFTER)
            else:
                return

    async def _tidy(self) -> None:
        while True:
            try:
                while await self._database.read(upkeep.anything_to_end):
                    await self._database.write(partial(upkeep.end_orphans, at=now()))
                while await self._database.read(partial(upkeep.anything_old, at=now())):
                    await self._database.write(partial(upkeep.forget_old, at=now()))
            except _STORE as error:
                log.warning("deliveries_not_tidied", error=what_happened(error))
            await asyncio.sleep(_TIDY_EVERY)

    async def _count(self) -> None:
        while True:
            try:
                waiting, off = await self._database.read(upkeep.counts)
            except _STORE as error:
                log.warning("deliveries_not_counted", error=what_happened(error))
            else:
                DELIVERIES_WAITING.set(waiting)
                WAYS_OFF.set(off)
            await asyncio.sleep(_COUNT_EVERY)
