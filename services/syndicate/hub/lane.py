"""A lane: begins calls when they are due, so many at once. What is slow holds up its lane only."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import structlog
from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError

from services.common.database import Database, Overloaded, store_is_at_fault, what_happened
from services.common.instants import now
from services.common.tasks import woken
from services.syndicate.hub.claims import Due, Room

_LOOK_EVERY = 1.0  # seconds
_GATHER = 0.02  # seconds: places that get free soon after one another are filled together

log = structlog.get_logger()


class Calls(Protocol):
    """What a lane does for each row that is due."""

    async def __call__(self, row: Row[Any], /) -> None:
        """Make the call, and store what came of it."""

    async def broke(self, row: Row[Any], /) -> None:
        """Store that it came to nothing, by a fault of ours."""


@dataclass(frozen=True)
class Bounds:
    """How many calls there may be under way, in all and to one host."""

    places: int
    per_host: int


class Lane:
    """Looks for what is due; at once when `look` is set. Of several processes that share a
    database, one makes each call."""

    def __init__(
        self, database: Database, due: Due, calls: Calls, bounds: Bounds, look: asyncio.Event
    ) -> None:
        self._database = database
        self._due = due
        self._calls = calls
        self._bounds = bounds
        self._look = look
        self._running: dict[int, str] = {}

    async def run(self) -> None:
        """Run until cancelled; what runs then is due again later."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._look.clear()
                try:
                    await self._begin_due(group)
                except (SQLAlchemyError, OSError, Overloaded) as error:
                    log.warning("hub_look_failed", error=what_happened(error))
                await asyncio.sleep(_GATHER)
                await woken(self._look, _LOOK_EVERY)

    async def _begin_due(self, group: asyncio.TaskGroup) -> None:
        running, at = Counter(self._running.values()), now()
        free = self._bounds.places - len(self._running)
        if not free or not await self._database.read(partial(self._due.any, at=at)):
            return
        room = Room(free, self._bounds.per_host, list(self._running), running)
        for row in await self._database.write(partial(self._due.claim, room=room, at=at)):
            self._running[row.seq] = row.host
            group.create_task(self._guarded(row))
            await asyncio.sleep(0)  # whoever reads a feed has his turn between two of them

    async def _guarded(self, row: Row[Any]) -> None:
        try:
            await self._call(row)
        except (SQLAlchemyError, OSError, Overloaded) as error:
            # Its lease ends, and it is done again.
            log.warning("hub_call_not_stored", host=row.host, error=what_happened(error))
        finally:
            del self._running[row.seq]
            self._look.set()

    async def _call(self, row: Row[Any]) -> None:
        try:
            await self._calls(row)
        except Exception as error:
            if store_is_at_fault(error):
                raise
            # It hurts only this subscriber.
            log.exception("hub_call_broke", host=row.host)
            await self._calls.broke(row)
