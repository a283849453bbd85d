"""A new entry waits for each way that is on, and what it has taken the place of does not."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from sqlalchemy import update

from services.common.instants import now
from services.syndicate.deliveries import upkeep
from services.syndicate.deliveries.queueing import queue
from services.syndicate.partner_tables import DELIVERY
from services.syndicate.ways import store as ways
from tests.factories import article, retraction
from tests.syndicate.deliveries.conftest import Desk


async def states(desk: Desk) -> list[tuple[int, str]]:
    return [(row.entry, row.state) for row in await desk.deliveries()]


async def test_an_entry_waits_for_each_way_of_its_partner_that_is_on(desk):
    await desk.partner("bao")
    await desk.partner("dai")
    on = await desk.way("bao", "http://a.test/")
    also = await desk.way("bao", "http://b.test/")
    off = await desk.way("bao", "http://c.test/")
    await desk.database.write(partial(ways.turn_off, way=off, why="admin"))
    await desk.release(article())

    rows = await desk.deliveries()
    assert {row.way for row in rows} == {on, also}
    assert len({row.message for row in rows}) == 2


async def test_what_waits_of_an_older_entry_is_superseded(desk):
    await desk.partner("bao")
    await desk.way("bao", "http://a.test/")
    first = article()
    await desk.release(first)
    await desk.release(article(id=first.id, version=2))
    assert await states(desk) == [(1, "superseded"), (2, "waiting")]

    await desk.release(retraction(first.id, 3))
    assert await states(desk) == [(1, "superseded"), (2, "superseded"), (3, "waiting")]


async def test_of_two_versions_in_one_batch_the_newer_waits(desk):
    await desk.partner("bao")
    await desk.way("bao", "http://a.test/")
    first = article()
    await desk.release(first, retraction(first.id))
    assert await states(desk) == [(1, "superseded"), (2, "waiting")]


async def test_corrections_retractions_and_what_is_urgent_overtake(desk):
    await desk.partner("bao")
    await desk.way("bao", "http://a.test/")
    first, second = article(), article()
    await desk.release(first, second, article(urgency=1))
    await desk.release(article(id=first.id, version=2), retraction(second.id))

    ranks = {row.entry: row.rank for row in await desk.deliveries()}
    assert ranks == {1: 1, 2: 1, 3: 0, 4: 0, 5: 0}


async def test_a_replay_goes_by_the_ways_that_are_chosen_and_behind_everything_else(desk):
    await desk.partner("bao")
    chosen = await desk.way("bao", "http://a.test/")
    await desk.way("bao", "http://b.test/")
    entries = await desk.release(article())
    await desk.database.write(_deliver_all)
    again = [replace(entry, replay=True) for entry in entries]
    await desk.database.write(partial(queue, entries=again, ways=[chosen]))

    *_, last = await desk.deliveries()
    assert (last.way, last.replay, last.rank, last.state) == (chosen, True, 2, "waiting")


async def test_what_still_waits_is_not_replayed(desk):
    await desk.partner("bao")
    await desk.way("bao", "http://a.test/")
    entries = await desk.release(article())
    again = [replace(entry, replay=True) for entry in entries]
    await desk.database.write(partial(queue, entries=again))
    assert [row.replay for row in await desk.deliveries()] == [False]


async def test_what_waits_for_a_way_that_was_turned_off_fails_even_if_it_is_turned_on_again(desk):
    await desk.partner("bao")
    way = await desk.way("bao", "http://a.test/")
    await desk.release(article())
    assert await desk.database.write(partial(ways.turn_off, way=way, why="admin"))
    assert not await desk.database.write(partial(ways.turn_off, way=way, why="again"))
    await desk.database.write(partial(ways.turn_on, way=way))
    await desk.release(article())
    while await desk.database.read(upkeep.anything_to_end):
        await desk.database.write(partial(upkeep.end_orphans, at=now()))

    assert [(row.state, row.error) for row in await desk.deliveries()] == [
        ("failed", "way_admin"),
        ("waiting", None),
    ]
    assert (await desk.news())[-1].state == "failed"


async def test_a_replay_has_what_failed_before_tried_at_once_and_leaves_what_is_under_way(desk):
    await desk.partner("bao")
    await desk.way("bao", "http://a.test/")
    entries = await desk.release(article(), article())
    later = now() + timedelta(hours=14)
    failed, under_way = DELIVERY.c.entry == 1, DELIVERY.c.entry == 2

    def try_them(connection):
        connection.execute(update(DELIVERY).where(failed).values(due_at=later, attempts=6))
        connection.execute(update(DELIVERY).where(under_way).values(due_at=later, lease=later))

    await desk.database.write(try_them)
    again = [replace(entry, replay=True) for entry in entries]
    await desk.database.write(partial(queue, entries=again))

    first, second = await desk.deliveries()
    assert (first.attempts, first.due_at <= now()) == (6, True)
    assert (second.due_at, second.lease) == (later, later)


async def test_a_replay_is_not_lost_to_what_waited_when_the_way_was_turned_off(desk):
    await desk.partner("bao")
    way = await desk.way("bao", "http://a.test/")
    entries = await desk.release(article())
    await desk.database.write(partial(ways.turn_off, way=way, why="admin"))
    await desk.database.write(partial(ways.turn_on, way=way))
    again = [replace(entry, replay=True) for entry in entries]
    await desk.database.write(partial(queue, entries=again))
    while await desk.database.read(upkeep.anything_to_end):
        await desk.database.write(partial(upkeep.end_orphans, at=now()))

    assert [(row.replay, row.state) for row in await desk.deliveries()] == [
        (False, "failed"),
        (True, "waiting"),
    ]


def _deliver_all(connection):
    connection.execute(update(DELIVERY).values(state="delivered", due_at=None, ended=now()))
