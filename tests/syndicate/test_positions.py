"""The store knows how far each partition was read: with what it brought, or not at all."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
from sqlalchemy import Connection

from services.common.consuming import Batch, Received
from services.common.database import Database
from services.syndicate import positions
from services.syndicate.feeds.site import Site
from services.syndicate.history.pages import Pages
from services.syndicate.migrations import migrate
from services.syndicate.rendering.press import Press
from services.syndicate.serving.shelf import Shelf
from tests.archive.articles.test_changes import FakeRecord
from tests.factories import article, event
from tests.syndicate.partners_at_work import intake_of

PLACE = ("articles", 3)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Database]:
    """Give a store of either kind."""
    opened = Database(database_url, migrate, "syndicate")
    yield opened
    await opened.close()


async def test_a_batch_and_its_positions_are_stored_together(store: Database, site: Site) -> None:
    press = Press(store, Shelf(site), site, feed_size=50)
    intake = intake_of(store, press, Pages(store, site, 50), site)

    await intake.take_articles(Batch([Received(FakeRecord(b""), event(article()))], {PLACE: 7}))
    await intake.take_registry(Batch([], {("registry", 0): 2}))

    assert await store.read(positions.stored) == {PLACE: 7, ("registry", 0): 2}


async def test_what_was_not_stored_moves_nothing(store: Database) -> None:
    def breaks(_: Connection) -> None:
        raise ValueError

    with pytest.raises(ValueError):
        await store.write(positions.reaching(breaks, {PLACE: 7}))

    assert await store.read(positions.stored) == {}


async def test_a_process_that_is_late_takes_nothing_back(store: Database) -> None:
    for reached in ({PLACE: 9, ("articles", 4): 1}, {PLACE: 7, ("articles", 4): 2}):
        await store.write(partial(positions.keep, reached=reached))

    assert await store.read(positions.stored) == {PLACE: 9, ("articles", 4): 2}
