"""Embargoed articles are released each by itself, and one that can't be harms no other."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from services.common.database import Database
from services.common.instants import now
from services.common.trace import current_trace
from services.ingest import commands, registry, store
from services.ingest.commands import Call
from services.ingest.embargo import release_embargoed
from services.ingest.registry import GivenUnit
from services.ingest.submission import Submission, draft
from services.ingest.tables import tables, versions

SITE = "http://archive.test"


@pytest.fixture
async def database(database_url):
    opened = Database(database_url, tables.create_all)
    unit = GivenUnit(code="HQ", name="HQ")
    await opened.write(lambda conn: registry.add(conn, "unit", unit, current_trace(), now()))
    yield opened
    await opened.close()


async def held(database, headline: str):
    given = draft(
        Submission(
            headline=headline, body="<p>x</p>", embargoed_until=now() + timedelta(seconds=0.3)
        )
    )
    call = Call("HQ", "a-key", current_trace(), now(), SITE)
    answer = await database.write(lambda conn: commands.submit(conn, call, "HQ", given, None))
    assert answer.state.status == "embargoed"
    return answer.state


async def statuses(database) -> dict[str, str]:
    states = await database.read(lambda conn: store.newest(conn, None, None, None, 10))
    return {state.headline: state.status for state in states}


async def test_one_that_cannot_be_released_is_set_aside_and_the_others_go_out(database):
    broken, good = await held(database, "Hỏng"), await held(database, "Tốt")
    spoil = versions.update().where(versions.c.article_id == str(broken.id))
    await database.write(lambda conn: conn.execute(spoil.values(submission="not json")))

    task = asyncio.create_task(release_embargoed(database, SITE, lambda: None))
    async with asyncio.timeout(20):
        while (await statuses(database))["Tốt"] != "published":
            await asyncio.sleep(0.02)
        while (await statuses(database))["Hỏng"] == "embargoed":
            await asyncio.sleep(0.02)
    assert not task.done()
    task.cancel()

    assert await statuses(database) == {"Tốt": "published", "Hỏng": "in_review"}
    released = await database.read(lambda conn: store.find(conn, good.id))
    assert released.published >= good.embargoed_until


async def test_one_that_was_moved_meanwhile_is_left_alone(database):
    found = await held(database, "Dời")
    moved = replace(found, embargoed_until=now() + timedelta(days=1))
    await database.write(lambda conn: store.save(conn, moved))

    released = await database.write(lambda conn: commands.release(conn, found, now(), SITE))

    assert released is None
    assert await statuses(database) == {"Dời": "embargoed"}
