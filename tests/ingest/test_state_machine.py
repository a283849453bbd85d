"""Whatever units, newsroom, clock and crashes do in whatever order: ingest stands as a small model
says, and its outbox holds exactly the model's events."""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
)

from services.common.problems import Problem
from services.ingest.lifecycle import State
from tests.ingest.paper import EIGHT, Paper, open_paper, store_in

MINUTE = timedelta(minutes=1)
WAITS_FOR_THE_NEWSROOM = ("in_review", "returned", "rejected")

# Minutes from now; a few values only, so that times meet.
times = st.none() | st.integers(-1, 6)
decisions = st.sampled_from(["accept", "return", "reject"])


@dataclass
class Model:
    """What must be true of an article. Times are minutes since eight."""

    unit: str
    status: str = "in_review"
    version: int = 0
    released: int | None = None
    embargo: int | None = None
    ends: int | None = None
    given: tuple[int | None, int | None] = (None, None)
    events: list[tuple[str, int]] = field(default_factory=list)

    @property
    def was_seen(self) -> bool:
        return bool(self.events)

    @property
    def ended(self) -> bool:
        return self.status == "retracted"

    def refuses(self, now: int, embargo: int | None, ends: int | None, *, newsroom: bool) -> bool:
        too_late = ends is not None and ends <= now
        backwards = embargo is not None and ends is not None and ends <= embargo
        closed = self.ended or (self.status == "rejected" and not newsroom)
        hides = self.was_seen and embargo is not None and embargo > now
        return too_late or backwards or closed or hides

    def take(self, now: int, embargo: int | None, ends: int | None, *, newsroom: bool) -> None:
        edits = newsroom and self.version > 0
        direct = self.status not in WAITS_FOR_THE_NEWSROOM if edits else self.unit == "HQ"
        self.version += 1
        self.given = (embargo, ends)
        if direct:
            self.send_out(now)
            return
        self.status, self.embargo = "in_review", None
        if not self.was_seen:
            self.ends = ends

    def send_out(self, now: int) -> None:
        embargo, self.ends = self.given
        if embargo is not None and embargo > now:
            self.status, self.embargo = "embargoed", embargo
        else:
            self.release()

    def release(self) -> None:
        self.status, self.embargo = "published", None
        self.tell("article.corrected" if self.was_seen else "article.published")

    def end(self, status: str) -> None:
        self.status, self.embargo, self.ends = status, None, None
        if self.was_seen or status == "retracted":
            self.version += 1
        if self.was_seen:
            self.tell(f"article.{status}")

    def tell(self, event: str) -> None:
        self.events.append((event, self.version))
        self.released = self.version

    def review(self, now: int, decision: str) -> bool:
        over = self.given[1] is not None and self.given[1] <= now
        if self.status != "in_review" or (decision == "accept" and over):
            return False
        if decision == "accept":
            self.send_out(now)
        elif decision == "return":
            self.status = "returned"
        else:
            self.status = "rejected"
            self.ends = self.ends if self.was_seen else None
        return True

    def tick(self, now: int) -> None:
        if self.ends is not None and self.ends <= now:
            self.end("expired")
        elif self.embargo is not None and self.embargo <= now:
            self.release()


class Ingest(RuleBasedStateMachine):
    """Drives the commands and the schedule on a real database."""

    articles: Bundle[State] = Bundle("articles")

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.root = Path(tempfile.mkdtemp())
        self.folder = self.root / "0"
        self.paper: Paper = self.runner.run(open_paper(store_in(self.folder)))
        self.minute = 0
        self.models: dict[Any, Model] = {}

    def teardown(self) -> None:
        self.runner.run(self.paper.database.close())
        self.runner.close()
        shutil.rmtree(self.root)

    @rule(target=articles, unit=st.sampled_from(["HQ", "NEW"]), embargo=times, ends=times)
    def submit(self, unit, embargo, ends):
        embargo, ends = self.from_now(embargo), self.from_now(ends)
        model = Model(unit)
        refused = model.refuses(self.minute, embargo, ends, newsroom=False)
        state = self.attempt(self.paper.submit(unit, **self.when(embargo, ends)), refused=refused)
        if state is None:
            state = self.runner.run(self.paper.submit(unit))
            embargo = ends = None
        model.take(self.minute, embargo, ends, newsroom=False)
        self.models[state.id] = model
        return state

    @rule(article=articles, newsroom=st.booleans(), embargo=times, ends=times)
    def change(self, article, newsroom, embargo, ends):
        model = self.models[article.id]
        embargo, ends = self.from_now(embargo), self.from_now(ends)
        refused = model.refuses(self.minute, embargo, ends, newsroom=newsroom)
        caller = None if newsroom else model.unit
        self.attempt(
            self.paper.change(article, caller, **self.when(embargo, ends)), refused=refused
        )
        if not refused:
            model.take(self.minute, embargo, ends, newsroom=newsroom)

    @rule(article=articles, decision=decisions)
    def review(self, article, decision):
        decided = self.models[article.id].review(self.minute, decision)
        self.attempt(self.paper.review(article, decision), refused=not decided)

    @rule(article=consumes(articles))
    def retract(self, article):
        model = self.models[article.id]
        self.runner.run(self.paper.retract(article, model.unit))
        model.end("retracted")
        self.runner.run(self.paper.retract(article, model.unit))
        self.attempt(self.paper.change(article, model.unit), refused=True)

    @rule(minutes=st.integers(-3, 4))
    def set_clock(self, minutes):
        self.minute += minutes
        self.paper.now = EIGHT + self.minute * MINUTE
        while self.runner.run(self.paper.schedule.look()):
            pass
        for model in self.models.values():
            model.tick(self.minute)

    @rule()
    def restart(self):
        self.runner.run(self.paper.database.close())
        self.reopen()

    @rule()
    def crash(self):
        """Leave the files as they lie, as a killed process does, and go on from those."""
        after = self.root / str(int(self.folder.name) + 1)
        shutil.copytree(self.folder, after)
        self.runner.run(self.paper.database.close())
        shutil.rmtree(self.folder)
        self.folder = after
        self.reopen()

    @invariant()
    def stands_as_the_model_says(self) -> None:
        for article, model in self.models.items():
            state = self.runner.run(self.paper.find_id(article))
            stands = (state.status, state.version, state.released)
            assert stands == (model.status, model.version, model.released)
            assert state.embargoed_until == self.time(model.embargo)
            assert state.expires == self.time(model.ends)
            told = self.runner.run(self.paper.events_of(article))
            assert [(e.type, e.article.version) for e in told] == model.events
            assert self.runner.run(self.paper.versions_of(article)) == model.version

    def reopen(self) -> None:
        self.paper = self.runner.run(open_paper(store_in(self.folder)))
        self.paper.now = EIGHT + self.minute * MINUTE

    def attempt(self, doing, *, refused: bool):
        """Do it; refused or not as the model says, and never half."""

        async def outcome() -> State | None:
            try:
                return await doing
            except Problem:
                return None

        state = self.runner.run(outcome())
        assert (state is None) == refused
        return state

    def from_now(self, minutes: int | None) -> int | None:
        return None if minutes is None else self.minute + minutes

    def time(self, minute: int | None) -> datetime | None:
        return None if minute is None else EIGHT + minute * MINUTE

    def when(self, embargo: int | None, ends: int | None) -> dict[str, datetime | None]:
        return {"embargoed_until": self.time(embargo), "expires": self.time(ends)}


Ingest.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestIngest = Ingest.TestCase
