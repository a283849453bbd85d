"""The clock: has rendered, on its hour, what changes with time alone."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.common.database import Database, Overloaded, what_happened
from services.common.instants import now
from services.syndicate.rendering import edition
from services.syndicate.rendering.edition import Rules
from services.syndicate.rendering.window import EDITION, hour_of

# The system's clock may be set, or the machine sleep: so it is looked at again and again.
_LOOK_EVERY = 30.0  # seconds

log = structlog.get_logger()


class Clock:
    """Calls `changed` when there is a new edition."""

    def __init__(
        self,
        database: Database,
        rules: Rules,
        changed: Callable[[], None],
        tell_time: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._rules = rules
        self._changed = changed
        self._tell_time = tell_time
        self._hour: datetime | None = None

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            at = self._tell_time()
            try:
                await self.look()
            except (OSError, SQLAlchemyError, Overloaded) as error:
                log.warning("hour_not_begun", error=what_happened(error))
            rest = (hour_of(at) + EDITION - self._tell_time()).total_seconds()
            await asyncio.sleep(min(max(rest, 0), _LOOK_EVERY))

    async def look(self) -> None:
        """Go on to the present hour, if it isn't there yet."""
        hour = hour_of(self._tell_time())
        if hour == self._hour:
            return
        turn = partial(edition.turn, hour=hour, rules=self._rules)
        if await self._database.write(turn):
            log.info("hour_begun", hour=hour.isoformat())
            self._changed()
        self._hour = hour
