"""Three thousand embargoes at random times, moved, lifted, and looked at just before and after,
on a clock that is set back and in a process that is started again: none early, none lost."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from uuid import UUID

from services.ingest.lifecycle import State
from tests.ingest.events import events_after
from tests.ingest.paper import EIGHT, Paper, open_paper, store_in

MANY = 3000
SPAN = timedelta(days=3)
MICROSECOND = timedelta.resolution
EDGES = [timedelta(microseconds=n) for n in (-1000, -1, 0, 1, 1000)]


@dataclass
class Held:
    """An embargo as its unit last set it; `lifted` says when it was taken off."""

    state: State
    until: datetime
    lifted: datetime | None = None

    @property
    def may_be_seen(self) -> datetime:
        return self.until if self.lifted is None else self.lifted


class Fuzz:
    """Draws times that an embargo could trip over, from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def written(self, at: datetime) -> str:
        """Write a time with any offset there is on earth, and some there is not."""
        offset = timezone(timedelta(minutes=self.random.randrange(-23 * 60, 23 * 60)))
        return at.astimezone(offset).isoformat()

    def time(self, begin: datetime) -> datetime:
        # A good part falls on few instants: many are due at once.
        if self.random.random() < 0.3:
            return begin + timedelta(hours=self.random.randrange(1, 48))
        return begin + timedelta(
            microseconds=self.random.randrange(1, SPAN // timedelta.resolution)
        )


async def test_no_embargo_ends_early_and_none_is_forgotten(tmp_path):
    fuzz, paper = Fuzz(4), await open_paper(store_in(tmp_path))
    held = await _submit(fuzz, paper)
    seen: dict[UUID, datetime] = {}
    last = 0

    for moment in _moments(fuzz, held.values()):
        paper.now -= timedelta(minutes=fuzz.random.randrange(0, 600))
        assert await paper.schedule.look() == 0  # a clock that was set back releases nothing
        paper.now = moment
        if fuzz.random.random() < 0.01:
            paper = await _started_again(paper, tmp_path)
        await _move_or_lift_one(fuzz, paper, held, seen)
        while await paper.schedule.look():
            pass
        for seq, event in await events_after(paper.database, last):
            assert event.article.id not in seen
            assert held[event.article.id].may_be_seen <= event.article.published == moment
            seen[event.article.id] = moment
            last = seq
        assert len(seen) == sum(each.may_be_seen <= moment for each in held.values())

    assert seen.keys() == held.keys()
    await paper.database.close()


async def _submit(fuzz: Fuzz, paper: Paper) -> dict[UUID, Held]:
    times = [fuzz.time(EIGHT) for _ in range(MANY)]
    states = await asyncio.gather(*(paper.submit(embargoed_until=fuzz.written(at)) for at in times))
    assert [state.embargoed_until for state in states] == times
    return {state.id: Held(state, at) for state, at in zip(states, times, strict=True)}


def _moments(fuzz: Fuzz, held: Iterable[Held]) -> list[datetime]:
    """Look at an edge of each embargo as it was first set, and at the end of all."""
    edges = [each.until + fuzz.random.choice(EDGES) for each in held]
    return [*sorted(set(edges)), EIGHT + 3 * SPAN]


async def _started_again(paper: Paper, folder) -> Paper:
    await paper.database.close()
    again = await open_paper(store_in(folder))
    again.now = paper.now
    return again


async def _move_or_lift_one(
    fuzz: Fuzz, paper: Paper, held: dict[UUID, Held], seen: dict[UUID, datetime]
) -> None:
    each = held[fuzz.random.choice(list(held))]
    if each.state.id in seen or each.until <= paper.now or fuzz.random.random() < 0.5:
        return
    if fuzz.random.random() < 0.5:
        each.until = fuzz.time(paper.now)
        await paper.change(each.state, embargoed_until=fuzz.written(each.until))
    else:
        each.lifted = paper.now
        await paper.change(each.state)
