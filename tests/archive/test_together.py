"""Batches that wait for the index are committed together; each hears what became of its own."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import UUID

from services.archive.articles.changes import Change
from services.archive.engine.contract import EngineFailed, Outcome
from services.archive.together import Together
from services.common.resuming import Offsets
from tests.factories import article

FIRST, SECOND, THIRD = (article(id=UUID(int=number)) for number in (1, 2, 3))
REACHED = {("articles", 0): 7}


class Writing:
    """Stands for an engine: notes each commit, and waits until it may end the first."""

    def __init__(self, failing: Exception | None = None, of: Change | None = None) -> None:
        self.commits: list[list[int]] = []
        self.offsets: list[Offsets] = []
        self.begun, self.go_on = Event(), Event()
        self._failing, self._of = failing, of

    def take(self, changes: Sequence[Change], offsets: Offsets) -> Outcome:
        self.begun.set()
        assert self.go_on.wait(20)
        self.commits.append([change.id.int for change in changes])
        self.offsets.append(offsets)
        if self._failing and (self._of is None or self._of in changes):
            raise self._failing
        new = [change is not SECOND for change in changes]
        return Outcome(new, [True] * len(changes))


async def taken(engine: Writing, *batches: list[Change]) -> list[Outcome | BaseException]:
    """Hand in the first, and the others while that is being written."""
    with ThreadPoolExecutor(1) as worker:
        loop = asyncio.get_running_loop()
        together = Together(
            engine,  # type: ignore[arg-type]
            lambda work: loop.run_in_executor(worker, work),
            lambda: REACHED,
        )
        waiting = [asyncio.create_task(together.take(batches[0]))]
        await asyncio.to_thread(engine.begun.wait, 20)
        waiting += [asyncio.create_task(together.take(batch)) for batch in batches[1:]]
        await asyncio.sleep(0)
        engine.go_on.set()
        return await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_comes_during_a_commit_waits_for_one_more():
    engine = Writing()
    outcomes = await taken(engine, [FIRST], [SECOND], [THIRD, FIRST])
    assert engine.commits == [[1], [2, 3, 1]]
    assert engine.offsets == [REACHED, REACHED]
    effective = [list(each.effective) for each in outcomes if isinstance(each, Outcome)]
    assert effective == [[True], [False], [True, True]]


async def test_a_batch_at_fault_is_a_batch_alone():
    fault = ValueError("of the second")
    engine = Writing(fault, of=SECOND)
    first, second, third = await taken(engine, [FIRST], [SECOND], [THIRD])
    assert second is fault
    assert isinstance(first, Outcome)
    assert isinstance(third, Outcome)
    assert engine.commits == [[1], [2, 3], [2], [3]]


async def test_when_the_index_fails_everybody_tries_again():
    engine = Writing(EngineFailed("full"))
    outcomes = await taken(engine, [FIRST], [SECOND], [THIRD])
    assert [type(each) for each in outcomes] == [EngineFailed] * 3
    assert engine.commits == [[1], [2, 3]]
