"""Word that the feeds show a version: given when they do, never lost, given again if in doubt."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from uuid import UUID

import pytest

from schemas.events import DELIVERY_EVENT, VersionShown, partition_of
from schemas.topics import DELIVERIES
from services.common.database import Database
from services.common.ids import new_id
from services.common.publishing import Message, NotConfirmed
from services.common.tasks import running
from services.syndicate import store
from services.syndicate.announcing import listing, outbox
from services.syndicate.announcing.listing import Lister
from services.syndicate.announcing.outbox import Waiting
from services.syndicate.announcing.relay import Relay
from services.syndicate.feeds.site import Site
from services.syndicate.rendering.press import Press
from services.syndicate.serving.shelf import Shelf
from tests.factories import TRACE, article, event, retraction
from tests.syndicate.conftest import take
from tests.syndicate.rendering.test_press import rendered


async def waiting(database: Database) -> list[Waiting]:
    return await database.read(partial(outbox.waiting, limit=1000))


async def told(database: Database) -> list[tuple[str, int]]:
    """What the outbox says to be in the feeds."""
    events = [DELIVERY_EVENT.validate_json(row.message.value) for row in await waiting(database)]
    assert all(isinstance(each, VersionShown) and each.where == "feeds" for each in events)
    return [(str(each.article), each.version) for each in events]


async def opened(database: Database, site: Site) -> Press:
    press = Press(database, Shelf(site), site, feed_size=50)
    await press.open()
    return press


async def listed(database: Database, site: Site) -> Lister:
    """Serve the feeds and give word of it."""
    lister = Lister(database, await opened(database, site))
    await lister.tell()
    return lister


async def test_nothing_is_told_before_the_feeds_show_it(database: Database, site: Site) -> None:
    one = article()
    await take(database, one)
    assert await told(database) == []

    lister = await listed(database, site)

    assert await told(database) == [(str(one.id), 1)]
    assert lister.listed.is_set()


async def test_word_is_given_of_those_versions_only_whose_feeds_are_all_served(
    database: Database, site: Site
) -> None:
    press = await opened(database, site)
    one, two = article(unit="A"), article(unit="B")
    await take(database, one)
    await rendered(press, database)
    await take(database, two)
    await Lister(database, press).tell()
    assert await told(database) == [(str(one.id), 1)]


async def test_it_is_told_once_also_after_a_restart(database: Database, site: Site) -> None:
    await take(database, article())
    for _ in range(3):
        await listed(database, site)

    assert len(await told(database)) == 1


async def test_what_a_press_that_died_did_not_tell_is_told_by_the_next(
    database: Database, site: Site
) -> None:
    """The versions are kept, and rendered, but the process dies before it can say so."""
    await opened(database, site)
    one = article()
    await take(database, one, article(id=one.id, version=2, correction_note="Sửa"))

    await listed(database, site)

    assert await told(database) == [(str(one.id), 1), (str(one.id), 2)]


async def test_what_no_feed_will_show_is_not_told(database: Database, site: Site) -> None:
    end = retraction(article().id)
    await take(database, end)
    await take(database, article(id=end.id), end)
    await take(database, article(audience="partner:bao-a"))
    await listed(database, site)

    assert await told(database) == [(str(end.id), 2)]


async def test_while_a_feed_cannot_be_rendered_nothing_is_told(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = await opened(database, site)
    await take(database, article())

    attempts: list[object] = []

    def broken(*_: object) -> None:
        attempts.append(_)
        raise ValueError

    monkeypatch.setattr("services.syndicate.rendering.press.bind", broken)
    press.tell_changed()
    lister = Lister(database, press)
    async with running(press=press.run(), listing=lister.run()):
        async with asyncio.timeout(10):
            while not attempts:
                await asyncio.sleep(0.005)
        await lister.tell()
        assert await told(database) == []

        monkeypatch.undo()
        async with asyncio.timeout(10):
            await lister.listed.wait()
    assert len(await told(database)) == 1


async def test_word_carries_the_trace_of_the_request_and_the_lane_of_its_article(
    database: Database, site: Site
) -> None:
    of = event(article())
    await database.write(partial(store.apply_changes, changes=[of]))
    await listed(database, site)

    [row] = await waiting(database)
    shown = DELIVERY_EVENT.validate_json(row.message.value)

    assert (shown.trace, shown.lane, shown.producer) == (TRACE, of.lane, "syndicate")
    assert row.message.key == f"{of.article.id}:1:feeds".encode()


async def test_there_is_no_end_to_how_many_are_told(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_AT_ONCE", 3)
    await take(database, *(article() for _ in range(8)))
    await listed(database, site)
    assert len(await told(database)) == 8


async def test_what_kafka_confirmed_leaves_the_outbox_and_what_it_did_not_stays(
    database: Database, site: Site
) -> None:
    one, refused, two = (article(id=id_in(partition)) for partition in (0, 1, 2))
    await take(database, one, refused, two)
    lister = await listed(database, site)
    kafka = Kafka(without=1)
    task = asyncio.create_task(Relay(database, kafka.publish, lister.listed).run())
    async with asyncio.timeout(10):
        while len(kafka.held) < 2:
            await asyncio.sleep(0.01)
        while len(await waiting(database)) > 1:
            await asyncio.sleep(0.01)
    assert await told(database) == [(str(refused.id), 1)]

    kafka.without = None
    async with asyncio.timeout(10):
        while await waiting(database):
            await asyncio.sleep(0.01)
    assert len(kafka.held) == 3
    await stopped(task)


def id_in(partition: int) -> UUID:
    """Make the id of an article of which word goes to `partition`."""
    while partition_of(str(made := new_id()), DELIVERIES) != partition:
        pass
    return made


class Kafka:
    """Holds what it is given, but for a partition that it does not take now."""

    def __init__(self, without: int | None) -> None:
        self.without = without
        self.held: list[bytes] = []

    async def publish(self, messages: Sequence[Message]) -> None:
        if messages[0].partition == self.without:
            raise NotConfirmed("not now")
        self.held += [message.key for message in messages]


async def stopped(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
