"""After a change of product, every article is gone through."""

import asyncio
from functools import partial

import pytest
from sqlalchemy import Connection

from schemas.partner import Kind
from services.common.database import Database
from services.common.tasks import running
from services.syndicate import store
from services.syndicate.changes import reassessing
from services.syndicate.changes.emitting import Emitter
from services.syndicate.changes.entries import page
from services.syndicate.changes.reassessing import Reassessor
from services.syndicate.feeds.site import Site
from tests.factories import article, event, retraction
from tests.syndicate.partners_at_work import SITE, Desk


def test_where_there_are_few_it_is_done_with_the_change_itself(
    connection: Connection, database: Database
) -> None:
    desk = Desk(connection)
    taken_back = article()
    kept = article(column="kinh-te")
    desk.release(taken_back, kept, article(), retraction(taken_back.id))
    desk.partner("a", columns=["kinh-te"])

    Reassessor(database, desk.emitter, lambda: None).begin(connection, "a")

    assert [(entry.id, entry.kind) for entry in desk.entries("a")] == [(kept.id, Kind.PUBLISHED)]


async def test_where_there_are_many_it_goes_on_afterwards_and_after_a_restart(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reassessing, "_AT_ONCE", 2)
    versions = [article() for _ in range(5)]
    done = asyncio.Event()

    def set_up(connection: Connection) -> None:
        store.apply_changes(connection, [event(each) for each in versions])
        Desk(connection).partner("a")
        Reassessor(database, Emitter(SITE, lambda *_: None), done.set).begin(connection, "a")

    await database.write(set_up)
    told = await database.read(partial(page, partner="a", after=0, limit=10, site=site))
    assert len(told.items) == 2

    restarted = Reassessor(database, Emitter(SITE, lambda *_: None), done.set)
    async with asyncio.timeout(30), running(reassessing=restarted.run()):
        while len(told.items) < 5:
            await done.wait()
            done.clear()
            told = await database.read(partial(page, partner="a", after=0, limit=10, site=site))

    assert sorted(entry.id for entry in told.items) == sorted(each.id for each in versions)
