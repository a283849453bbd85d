"""A lane: begins calls when they are due, so many at once. What is slow holds up its lane only."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Generic, Protocol, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from services.common.database import Database, Overloaded, store_is_at_fault, what_happened
from services.common.instants import now
from services.common.tasks import woken
from services.syndicate.lanes.room import Claimed, Room

_LOOK_EVERY = 1.0  # seconds
_GATHER = 0.02  # seconds: places that get free soon after one another are filled together

log = structlog.get_logger()

C = TypeVar("C", bound=Claimed)
C_co = TypeVar("C_co", bound=Claimed, covariant=True)
C_contra = TypeVar("C_contra", bound=Claimed, contravariant=True)


class Due(Protocol[C_co]):
    """Knows what a lane takes care of. Each is a part of its caller's transaction."""

    def any(self, connection: Connection, at: datetime) -> bool:
        """Whether anything is due."""

    def claim(self, connection: Connection, room: Room, at: datetime) -> Sequence[C_co]:
        """Take what is due and has room; it is due again when the process that took it dies."""


class Calls(Protocol[C_contra]):
    """What a lane does for each row that is due."""

    async def __call__(self, row: C_contra, /) -> None:
        """Make the call, and store what came of it."""

    async def broke(self, row: C_contra, /) -> None:
        """Store that it came to nothing, by a fault of ours."""


@dataclass(frozen=True)
class Bounds:
    """How many calls there may be under way, in all and to one host."""

    places: int
    per_host: int


class Lane(Generic[C]):
    """Looks for what is due; at once when `look` is set. Of several processes that share a
    database, one makes each call."""

    def __init__(
        self, database: Database, due: Due[C], calls: Calls[C], bounds: Bounds, look: asyncio.Event
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
                    log.warning("lane_look_failed", error=what_happened(error))
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

    async def _guarded(self, row: C) -> None:
        try:
            await self._call(row)
        except (SQLAlchemyError, OSError, Overloaded) as error:
            # Its lease ends, and it is done again.
            log.warning("lane_call_not_stored", host=row.host, error=what_happened(error))
        finally:
            del self._running[row.seq]
            self._look.set()

    async def _call(self, row: C) -> None:
        try:
            await self._calls(row)
        except Exception as error:
            if store_is_at_fault(error):
                raise
            # It hurts only whom it was for.
            log.exception("lane_call_broke", host=row.host)
            await self._calls.broke(row)
