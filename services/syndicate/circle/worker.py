"""What goes on by itself: reminders, deadlines, looks, and how far partners have read."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from schemas.events import Trace
from services.common.database import Database, Overloaded, what_happened
from services.common.instants import now
from services.common.metrics import TAKEDOWNS, TEXTS_STANDING
from services.common.outgoing import Outgoing
from services.common.trace import tracing
from services.syndicate.circle import places, takedowns
from services.syndicate.circle.deadlines import State
from services.syndicate.circle.looking import Looking
from services.syndicate.circle.pulls import Pulls
from services.syndicate.circle.takedowns import Follow, Step

_LOOK_EVERY = 1.0  # seconds
_COUNT_EVERY = 15.0
_AT_ONCE = 200  # steps in one transaction, for which the intake waits

log = structlog.get_logger()


class Circle:
    """Runs for as long as the service does. What it does is in the store: after a crash it goes on,
    and of several processes one does each thing."""

    def __init__(
        self,
        database: Database,
        home: str,
        call_out: Callable[[], Outgoing],
        follow: Follow,
        pulls: Pulls,
    ) -> None:
        self._database = database
        self._home = home
        self._call_out = call_out
        self._follow = follow
        self._pulls = pulls

    async def run(self) -> None:
        """Run until cancelled."""
        async with self._call_out() as outgoing, asyncio.TaskGroup() as group:
            looking = Looking(self._database, outgoing, self._home)
            group.create_task(_again_and_again(self._step_on, _LOOK_EVERY))
            group.create_task(_again_and_again(looking.look, _LOOK_EVERY))
            group.create_task(_again_and_again(self._pulls.store, _LOOK_EVERY))
            group.create_task(_again_and_again(self._count, _COUNT_EVERY))

    async def _step_on(self) -> int:
        if not await self._database.read(partial(takedowns.is_due, at=now())):
            return 0
        steps = await self._database.write(
            partial(takedowns.step, at=now(), limit=_AT_ONCE, follow=self._follow)
        )
        for step in steps:
            _log(step)
        return len(steps)

    async def _count(self) -> int:
        for state, number in (await self._database.read(takedowns.counts)).items():
            TAKEDOWNS.labels(state).set(number)
        TEXTS_STANDING.set(await self._database.read(places.count_standing))
        return 0


async def _again_and_again(work: Callable[[], Awaitable[int]], pause: float) -> None:
    """Do what there is to do, and rest when there is no more of it."""
    while True:
        try:
            done = await work()
        except* (SQLAlchemyError, OSError, Overloaded) as errors:
            log.warning("circle_interrupted", error=what_happened(errors.exceptions[0]))
            done = 0
        if not done:
            await asyncio.sleep(pause)


def _log(step: Step) -> None:
    row = step.takedown
    told = {"partner": row.partner, "article": str(row.article), "version": row.version}
    with tracing(Trace.model_validate_json(row.trace)):
        if step.state is State.OVERDUE:
            tell = log.info if row.test else log.warning
            tell("retraction_overdue", word=row.word, test=row.test, **told)
        else:
            log.info("retraction_reminded", deadline=row.deadline.isoformat(), **told)
