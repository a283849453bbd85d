"""The engine on PostgreSQL, where several processes may share what is due."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from services.common.database import Database
from services.syndicate.deliveries import schedule
from services.syndicate.tables import TABLES
from tests.factories import article, retraction
from tests.syndicate.deliveries.conftest import Desk
from tests.syndicate.hub.subscribers import Answer, Call, Callbacks


@pytest.fixture
async def desks(postgresql_url: str) -> AsyncIterator[list[Desk]]:
    """Give two processes' desks on one database."""
    async with AsyncExitStack() as opened:
        made = []
        for _ in range(2):
            database = Database(postgresql_url, TABLES.create_all, "syndicate")
            opened.push_async_callback(database.close)
            made.append(Desk(database))
        yield made


async def test_of_two_processes_one_pushes_each_entry_and_nothing_old_after_what_is_newer(
    desks: list[Desk], callbacks: Callbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "_PAUSES", (0.01,) * 4)
    monkeypatch.setattr(schedule, "_RESTS", (0,))
    one, other = desks
    await one.partner("bao")
    for number in range(8):
        await one.way("bao", callbacks.url(f"/{number}", host=f"h{number}.test"))
    answers = iter([500, 503])
    taken: list[str] = []

    def behave(call: Call) -> Answer:
        status = next(answers, 200)
        if status == 200:
            taken.append(call.headers["webhook-id"])
        return status, b""

    callbacks.behave = behave
    articles = [article() for _ in range(5)]
    async with one.pushing(), other.pushing():
        for each in articles:
            await one.release(each)
            other.stored.set()
        await one.release(*(retraction(each.id) for each in articles))
        other.stored.set()
        rows = await one.until_ended(seconds=20)

    assert {row.state for row in rows} <= {"delivered", "superseded"}
    calls = callbacks.of("POST")
    for number in range(8):
        for each in articles:
            mine = [
                call.headers["tinbai-kind"]
                for call in calls
                if call.target == f"/{number}" and call.headers["tinbai-article"] == str(each.id)
            ]
            assert mine[-1] == "retracted"
            assert mine == sorted(mine)
    assert len(taken) == len(set(taken))
