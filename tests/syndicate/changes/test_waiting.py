"""Partners that wait for what is new."""

import asyncio
from time import monotonic
from typing import Any

import pytest

from services.common.database import Database
from services.syndicate.changes.waiting import Arrivals
from tests.factories import article
from tests.syndicate.partners_at_work import SITE, Desk


async def test_who_waits_is_answered_when_something_comes(database: Database) -> None:
    await database.write(lambda connection: Desk(connection).partner("a"))
    arrivals = Arrivals(database, SITE)
    waiting = asyncio.create_task(arrivals.page("a", after=0, limit=10, wait=60))
    nobody_waits_for = asyncio.create_task(arrivals.page("a", after=0, limit=10, wait=0))
    assert (await nobody_waits_for).items == []

    entries = await database.write(lambda connection: Desk(connection).release(article()))
    arrivals.tell(entry.partner for entry in entries)

    async with asyncio.timeout(10):
        assert [entry.seq for entry in (await waiting).items] == [1]


async def test_who_waits_in_vain_is_answered_in_time(database: Database) -> None:
    await database.write(lambda connection: Desk(connection).partner("a"))
    began = monotonic()
    page = await Arrivals(database, SITE).page("a", after=3, limit=10, wait=0.05)
    assert (page.items, page.last) == ([], 0)
    assert monotonic() - began >= 0.05


async def test_more_than_a_few_that_wait_for_one_partner_are_answered_at_once(
    database: Database,
) -> None:
    await database.write(lambda connection: Desk(connection).partner("a"))
    arrivals = Arrivals(database, SITE)
    waiting = [asyncio.create_task(arrivals.page("a", 0, 10, wait=60)) for _ in range(20)]
    async with asyncio.timeout(10):
        done, still = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        while len(done) < 12:
            more, still = await asyncio.wait(still, return_when=asyncio.FIRST_COMPLETED)
            done |= more
    for task in still:
        task.cancel()


async def test_one_partner_that_asks_much_at_once_leaves_readers_for_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.write(lambda connection: Desk(connection).partner("a"))
    read, under_way, most = database.read, 0, 0

    async def counted(job: Any) -> Any:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await read(job)
        finally:
            under_way -= 1

    monkeypatch.setattr(database, "read", counted)
    arrivals = Arrivals(database, SITE)
    pages = [arrivals.page("a", after=0, limit=1000, wait=0) for _ in range(20)]
    assert [page.last for page in await asyncio.gather(*pages)] == [0] * 20
    assert most == 2
