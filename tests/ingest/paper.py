"""Ingest's commands and schedule on a real database, with a clock that the tests set."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from schemas.events import ArticleEvent
from services.common.database import Database, sqlite_url
from services.common.trace import current_trace
from services.ingest import commands, store
from services.ingest.commands import Call
from services.ingest.lifecycle import State
from services.ingest.registry import entries as registry
from services.ingest.registry.entries import GivenUnit
from services.ingest.schedule import Schedule
from services.ingest.store import Wanted
from services.ingest.submission import Change, GivenRetraction, GivenReview, Submission, draft
from services.ingest.tables import tables
from tests.ingest.events import events

SITE = "http://archive.test"
EIGHT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
UNITS = (GivenUnit(code="HQ", name="HQ"), GivenUnit(code="NEW", name="N", trusted=False))


def store_in(folder: Path) -> str:
    """Give the URL of a database that can be copied as a crash would leave it."""
    return sqlite_url(folder / "ingest.db")


async def open_paper(url: str) -> "Paper":
    """Open a database with a unit that is trusted, HQ, and one that is not, NEW."""
    paper = Paper(Database(url, tables.create_all))
    await paper.database.write(_add_units)
    return paper


def _add_units(conn) -> None:
    for unit in UNITS:
        if registry.find(conn, "unit", unit.code) is None:
            registry.add(conn, "unit", unit, current_trace(), EIGHT)


class Paper:
    """Ingest's database and schedule, and the hands of the clock."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = EIGHT
        self.schedule = Schedule(database, SITE, lambda: None, clock=lambda: self.now)

    def call(self, unit: str | None = "HQ") -> Call:
        return Call(unit, "a-key", current_trace(), self.now, SITE)

    async def submit(self, unit: str = "HQ", **fields):
        given = draft(Submission(**{"headline": "Tin", "body": "<p>x</p>"} | fields))
        call = self.call(unit)
        answer = await self.database.write(
            lambda conn: commands.submit(conn, call, unit, given, None)
        )
        return answer.state

    async def change(self, state, unit: str | None = "HQ", **fields):
        fields = {"headline": "Tin", "body": "<p>y</p>", "correction_note": "Sửa."} | fields
        given, call = draft(Change(**fields)), self.call(unit)
        answer = await self.database.write(
            lambda conn: commands.change(conn, call, state.id, given, lambda _: False)
        )
        return answer.state

    async def review(self, state, decision: str):
        given, call = GivenReview(decision=decision, note="Vì…"), self.call(None)
        return await self.database.write(
            lambda conn: commands.review(conn, call, state.id, given, lambda _: False)
        )

    async def retract(self, state, unit: str = "HQ"):
        given, call = GivenRetraction(reason="Sai.", notice="Rút."), self.call(unit)
        return await self.database.write(lambda c: commands.retract(c, call, state.id, given))

    async def erase(self, state):
        call = self.call(None)
        return await self.database.write(
            lambda conn: commands.erase(conn, call, state.id, "court-order")
        )

    async def at(self, time: datetime, state=None) -> State | None:
        """Set the clock, and let the schedule look; give how the article then stands."""
        self.now = time
        await self.schedule.look()
        return await self.find(state) if state else None

    async def find(self, state) -> State:
        return await self.find_id(state.id)

    async def find_id(self, article: UUID) -> State:
        found = await self.database.read(lambda conn: store.find(conn, article))
        assert found
        return found

    async def events_of(self, article: UUID) -> list[ArticleEvent]:
        return await events(self.database, article)

    async def versions_of(self, article: UUID) -> int:
        rows = await self.database.read(lambda c: store.versions_before(c, article, None, 1000))
        return len(rows)

    async def events(self, state) -> list[str]:
        return [event.type for event in await events(self.database, state.id)]

    async def statuses(self) -> dict[str, str]:
        states = await self.database.read(lambda conn: store.newest(conn, Wanted(), None, 10))
        return {str(state.id): state.status for state in states}
