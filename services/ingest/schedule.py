"""What comes with the time: embargoes end, never before it, and articles expire."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from services.common.database import Database, Overloaded, store_is_at_fault, what_happened
from services.common.instants import now
from services.ingest import commands, store
from services.ingest.lifecycle import State

Clock = Callable[[], datetime]
Step = Callable[[Connection, State, datetime, str], State]

_LOOK_EVERY = 0.25  # seconds
# In one transaction, for which other writers wait.
_AT_ONCE = 100  # articles

log = structlog.get_logger()


@dataclass(frozen=True)
class Done:
    """What became of an article whose time had come; `fault` says why it was set aside."""

    state: State
    fault: str | None = None


@dataclass(frozen=True)
class Schedule:
    """Looks into the database what is due: so nothing is forgotten when the process ends."""

    database: Database
    archive_url: str
    wake: Callable[[], None]
    clock: Clock = now

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            done = 0
            try:
                done = await self.look()
            except (SQLAlchemyError, OSError, Overloaded) as error:
                log.warning("schedule_look_failed", error=what_happened(error))
            if done < _AT_ONCE:
                await asyncio.sleep(_LOOK_EVERY)

    async def look(self) -> int:
        """Do what is due, up to a number of articles; return how many."""
        if not await self.database.read(self._is_anything_due):
            return 0
        done = await self.database.write(self._do_what_is_due)
        self.wake()
        for each in done:
            _log(each)
        return len(done)

    def _is_anything_due(self, conn: Connection) -> bool:
        at = self.clock()
        return bool(store.due_to_expire(conn, at, 1) or store.due_for_release(conn, at, 1))

    def _do_what_is_due(self, conn: Connection) -> list[Done]:
        # The clock is read here once more: it may have been set back since.
        at = self.clock()
        over = store.due_to_expire(conn, at, _AT_ONCE)
        done = [self._do(conn, commands.expire, state, at) for state in over]
        held = store.due_for_release(conn, at, _AT_ONCE - len(done))
        return done + [self._do(conn, commands.release, state, at) for state in held]

    def _do(self, conn: Connection, step: Step, state: State, at: datetime) -> Done:
        try:
            with conn.begin_nested():
                return Done(step(conn, state, at, self.archive_url))
        except Exception as error:
            if store_is_at_fault(error):
                raise
            # It hurts only itself: the newsroom finds it among those that wait for review.
            return Done(commands.set_aside(conn, state), type(error).__name__)


def _log(done: Done) -> None:
    place = {"article": str(done.state.id), "version": done.state.version}
    if done.fault is None:
        log.info("time_has_come", status=done.state.status, **place)
    else:
        log.error("time_has_come_in_vain", fault=done.fault, **place)
