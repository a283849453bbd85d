"""Begins each poll when it is due: several at once, so that a slow site holds up no other."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError

from schemas.registry import Unit
from services.common.database import Database, Overloaded, store_is_at_fault, what_happened
from services.common.instants import now
from services.common.outgoing import Outgoing
from services.common.said import said
from services.common.tasks import woken
from services.common.trace import taken_over_or_made, tracing
from services.ingest.polling import store
from services.ingest.polling.intake import Intake
from services.ingest.polling.poll import FeedPoll
from services.ingest.settings import IngestSettings

_LOOK_EVERY = 1.0  # seconds
_AT_ONCE = 16
# So that no other process begins the same poll before this one has ended.
_LONGEST = store.LEASE.total_seconds() * 0.9

log = structlog.get_logger()


class Poller:
    """Runs until cancelled; of several processes one makes each poll."""

    def __init__(
        self,
        database: Database,
        outgoing: Outgoing,
        settings: IngestSettings,
        wake_relay: Callable[[], None],
    ) -> None:
        self._database = database
        intake = Intake(database, settings.archive_url, wake_relay)
        self._poll = FeedPoll(database, outgoing, intake, settings.poll_interval)
        self._horizon = timedelta(days=settings.poll_horizon)
        self._look = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Look now for what is due."""
        self._look.set()

    async def run(self) -> None:
        """Look for what is due, and begin it."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._look.clear()
                try:
                    await self._begin_due(group)
                except (SQLAlchemyError, OSError, Overloaded) as error:
                    log.warning("poll_look_failed", error=what_happened(error))
                await woken(self._look, _LOOK_EVERY)

    async def _begin_due(self, group: asyncio.TaskGroup) -> None:
        units = await self._database.read(store.polled_units)
        if await self._database.read(lambda conn: store.strayed(conn, units)):
            await self._database.write(
                lambda conn: store.follow_registry(conn, now(), self._horizon)
            )
        free = _AT_ONCE - len(self._running)
        for poll in await self._database.read(lambda conn: store.due(conn, now(), free)):
            unit = units.get(poll.unit)
            if unit is not None and await self._claim(poll):
                task = group.create_task(self._guarded(poll, unit))
                self._running.add(task)
                task.add_done_callback(self._ended)

    async def _claim(self, poll: Row[Any]) -> bool:
        return await self._database.write(lambda conn: store.claim(conn, poll, now()))

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        self._look.set()

    async def _guarded(self, poll: Row[Any], unit: Unit) -> None:
        with tracing(taken_over_or_made(None, None)):
            try:
                await self._bounded(poll, unit)
            except (SQLAlchemyError, OSError, Overloaded) as error:
                # Its lease ends, and it is made again.
                log.warning("poll_not_stored", unit=unit.code, error=what_happened(error))

    async def _bounded(self, poll: Row[Any], unit: Unit) -> None:
        try:
            async with asyncio.timeout(_LONGEST):
                await self._poll(poll, unit)
        except TimeoutError:
            await self._poll.failed(poll, "too_slow", said("the poll took too long"))
        except Exception as error:
            if store_is_at_fault(error):
                raise
            # It hurts only this unit's feed, which is polled again later.
            log.exception("poll_broke", unit=unit.code)
            await self._poll.failed(poll, "fault", said("a fault of ours; it is in the log"))
