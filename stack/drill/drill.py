"""The tasks of a drill: each waits until the partner has acted on the one before, or too long."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from services.common.instants import now
from stack.drill import texts
from stack.drill.certificate import Certificate, Finding, Kind, Task, judge
from stack.drill.newsroom import Newsroom
from stack.errors import StackError

_LOOK_EVERY = 0.5  # seconds
_HEARD_WITHIN = timedelta(seconds=10)  # of what the partner is told, on a slow machine too
_SETTLED = ("done", "refused", "too early")

Say = Callable[[Finding], None]


class Drill:
    """One drill with one partner. Times in seconds: `wait` for each task, `embargo` for the one
    that comes under an embargo."""

    def __init__(self, newsroom: Newsroom, unit: str, wait: float, embargo: float) -> None:
        self._newsroom = newsroom
        self._unit = unit
        self._wait = timedelta(seconds=wait)
        self._embargo = timedelta(seconds=embargo)

    def run(self, say: Say) -> Certificate:
        """Do all tasks, and take everything back whatever happens. Raises StackError."""
        began, name, findings = now(), self._newsroom.name(), []
        self._take_back()
        try:
            for task in self._tasks():
                findings.append(self._waited_for(task))
                say(findings[-1])
        finally:
            left = self._take_back()
        partner = self._newsroom.partner
        return Certificate(partner, name, self._unit, began, now(), findings, left)

    def _tasks(self) -> Iterator[Task]:
        """Give each task when the one before has come to its end."""
        room, unit = self._newsroom, self._unit
        item = room.submit(unit, texts.item(1))
        yield _task("publish", "published", item)
        item = room.correct(item, texts.correction(1))
        yield _task("correct", "corrected", item)
        yield _task("retract", "retracted", room.retract(item["id"]))

        until = now() + self._embargo
        held = room.submit(unit, texts.item(2, until))
        yield _task("publish after an embargo", "published", held, until)
        yield _task("retract that", "retracted", room.retract(held["id"]))

        brief = room.submit(unit, texts.item(3) | {"urgency": 1})
        # A retraction overtakes: before the partner is told of the test, it would hear of neither.
        self._look_until(lambda seen: seen.told is not None, _task("", "published", brief))
        yield _task("retract at once", "retracted", room.retract(brief["id"]))

    def _waited_for(self, task: Task) -> Finding:
        return self._look_until(lambda seen: seen.verdict in _SETTLED, task)

    def _look_until(self, settled: Callable[[Finding], bool], task: Task) -> Finding:
        """Look until it is `settled`, or time is up: `wait` from when it could be told."""
        start = max(task.sent, task.not_before or task.sent)
        while True:
            items = self._newsroom.timeline(task.article)
            finding = judge(task, self._newsroom.partner, items)
            patience = self._wait if finding.told else max(self._wait, _HEARD_WITHIN)
            if settled(finding) or now() >= start + patience:
                return finding
            time.sleep(_LOOK_EVERY)

    def _take_back(self) -> list[str]:
        """Retract every test that stands; give those for which it failed."""
        left = []
        for article in list(self._newsroom.left_open()):
            try:
                self._newsroom.retract(article)
            except StackError:
                left.append(article)
        return left


def _task(name: str, kind: Kind, stands: dict[str, object], until: datetime | None = None) -> Task:
    return Task(name, kind, str(stands["id"]), int(str(stands["version"])), now(), until)
