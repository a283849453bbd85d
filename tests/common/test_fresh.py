"""What is read once in a while, and kept between."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from services.common.database import Database, sqlite_url
from services.common.fresh import Fresh


class Counting:
    """A job that says how often it was done; it may be told to fail."""

    def __init__(self) -> None:
        self.times = 0
        self.fails = False

    def __call__(self, _: Connection) -> int:
        self.times += 1
        if self.fails:
            raise OperationalError("", {}, Exception("the store is away"))
        return self.times


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(sqlite_url(tmp_path / "test.db"), lambda _: None)
    yield database
    await database.close()


async def test_it_is_read_once_however_many_ask_until_it_is_forgotten(database):
    job = Counting()
    kept = Fresh(database, job, 60)

    assert await asyncio.gather(*(kept.get() for _ in range(10))) == [1] * 10
    kept.forget()
    assert [await kept.get(), await kept.get()] == [2, 2]


async def test_it_is_never_older_than_was_said(database):
    kept = Fresh(database, Counting(), 0)

    assert [await kept.get(), await kept.get()] == [1, 2]


async def test_after_a_failure_it_is_read_again_and_nothing_old_is_given(database):
    job = Counting()
    kept = Fresh(database, job, 60)
    await kept.get()
    job.fails = True
    kept.forget()

    with pytest.raises(OperationalError):
        await kept.get()
    job.fails = False
    assert await kept.get() == 3
