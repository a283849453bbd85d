"""News of partners is told together, once, in order, and in events of a bounded size."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from schemas.events import DELIVERY_EVENT, DeliveryChanged
from services.common.database import Database
from services.common.ids import new_id
from services.syndicate.announcing import news, outbox
from services.syndicate.announcing.news import News, NewsTeller
from tests.factories import NOON, TRACE

ONE = News(
    article=new_id(),
    version=1,
    partner="bao-a",
    state="queued",
    at=NOON,
    trace=TRACE.model_dump_json(),
)


async def noted(database: Database, *what: News) -> None:
    await database.write(partial(news.note, news=what))


async def told(database: Database) -> list[DeliveryChanged]:
    rows = await database.read(partial(outbox.waiting, limit=1000))
    events = [DELIVERY_EVENT.validate_json(row.message.value) for row in rows]
    return [event for event in events if isinstance(event, DeliveryChanged)]


async def test_partners_that_share_a_version_and_a_state_share_an_event(database: Database) -> None:
    await noted(database, ONE, replace(ONE, partner="bao-c"), replace(ONE, partner="bao-b"))
    added = asyncio.Event()

    await NewsTeller(database, added).tell()

    [event] = await told(database)
    assert (event.article, event.version, event.state) == (ONE.article, 1, "queued")
    assert event.partners == ["bao-a", "bao-b", "bao-c"]
    assert (event.time, event.trace, event.producer) == (NOON, TRACE, "syndicate")
    assert added.is_set()


async def test_it_is_told_once(database: Database) -> None:
    await noted(database, ONE)
    teller = NewsTeller(database, asyncio.Event())

    await teller.tell()
    await teller.tell()

    assert len(await told(database)) == 1


async def test_of_a_backlog_some_is_told_at_once_and_the_rest_after_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "_AT_ONCE", 2)
    await noted(database, *(replace(ONE, article=new_id()) for _ in range(3)))
    teller = NewsTeller(database, asyncio.Event())

    assert await teller.tell()
    assert len(await told(database)) == 2
    assert not await teller.tell()
    assert len(await told(database)) == 3


async def test_versions_states_and_details_are_told_apart_in_the_order_in_which_they_happened(
    database: Database,
) -> None:
    later = ONE.at + timedelta(seconds=1)
    await noted(database, ONE, replace(ONE, state="delivered", at=later))
    await noted(database, replace(ONE, partner="bao-b", at=later), replace(ONE, version=2))
    await noted(database, replace(ONE, state="failed", detail="410"))
    await noted(database, replace(ONE, state="failed", detail="timeout"))

    await NewsTeller(database, asyncio.Event()).tell()

    events = await told(database)
    assert [(e.version, e.state, e.detail) for e in events] == [
        (1, "queued", ""),
        (1, "delivered", ""),
        (2, "queued", ""),
        (1, "failed", "410"),
        (1, "failed", "timeout"),
    ]
    assert (events[0].partners, events[0].time) == (["bao-a", "bao-b"], NOON)


async def test_very_many_partners_are_told_in_several_events(database: Database) -> None:
    await noted(database, *(replace(ONE, partner=f"p{n:04}") for n in range(1001)))

    await NewsTeller(database, asyncio.Event()).tell()

    assert [len(event.partners) for event in await told(database)] == [500, 500, 1]


async def test_news_that_breaks_the_contract_does_not_hold_up_the_rest(
    database: Database,
) -> None:
    await noted(database, replace(ONE, detail="\x01"), replace(ONE, detail="ok"))

    await NewsTeller(database, asyncio.Event()).tell()

    assert [event.detail for event in await told(database)] == ["ok"]
