"""Batches that come while the index is being written are written together, in one commit."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.archive.articles.changes import Change
from services.archive.engine.contract import Engine, EngineFailed, InWorker, Outcome
from services.common.resuming import Offsets


@dataclass
class _Waiting:
    changes: Sequence[Change]
    outcome: Outcome | None = None
    error: Exception | None = None


@dataclass
class Together:
    """Has an engine take batches: at once when it is quiet, and otherwise all that wait."""

    engine: Engine
    in_worker: InWorker
    reached: Callable[[], Offsets]
    """How far each partition is done with for good; noted with each commit."""
    _waiting: deque[_Waiting] = field(default_factory=deque)

    async def take(self, changes: Sequence[Change]) -> Outcome:
        """Take a batch; return when it is committed and can be found. Raises what the engine raises
        for this batch."""
        mine = _Waiting(changes)
        self._waiting.append(mine)
        await self.in_worker(self._take_waiting)  # who came before may have taken ours with his
        if mine.error:
            raise mine.error
        assert mine.outcome
        return mine.outcome

    def _take_waiting(self) -> None:
        waiting = []
        while self._waiting:
            waiting.append(self._waiting.popleft())
        try:
            self._commit(waiting)
        except EngineFailed as error:
            for each in waiting:
                each.error = error
        except Exception:  # noqa: BLE001 - one of them is at fault: its own caller hears of it
            for each in waiting:
                self._take_alone(each)

    def _take_alone(self, each: _Waiting) -> None:
        try:
            self._commit([each])
        except Exception as error:  # noqa: BLE001 - its caller hears of it
            each.error = error

    def _commit(self, waiting: Sequence[_Waiting]) -> None:
        if not waiting:
            return
        changes = [change for each in waiting for change in each.changes]
        outcome = self.engine.take(changes, self.reached())
        start = 0
        for each in waiting:
            its = slice(start, start := start + len(each.changes))
            each.outcome = Outcome(outcome.effective[its], outcome.held[its])
