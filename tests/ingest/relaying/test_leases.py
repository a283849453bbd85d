"""Several relays share the buckets fairly, and never hold one at the same time."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from schemas.topics import TOPICS
from services.common.database import Database
from services.common.instants import now
from services.ingest.relaying import leases
from services.ingest.relaying.leases import BUCKETS, EVERY_BUCKET, Leases, fair_share
from services.ingest.tables import tables

NONE: frozenset[int] = frozenset()


@pytest.fixture
async def database(database_url):
    opened = Database(database_url, tables.create_all)
    yield opened
    await opened.close()


def test_a_bucket_is_a_set_of_whole_partitions_in_every_topic():
    for topic in TOPICS:
        assert topic.partitions == 1 or topic.partitions % BUCKETS == 0


def test_one_alone_takes_all():
    assert fair_share(NONE, []) == EVERY_BUCKET


def test_a_newcomer_gets_what_the_first_gives_up():
    first = fair_share(EVERY_BUCKET, [NONE])
    second = fair_share(NONE, [first])

    assert len(first) == len(second) == BUCKETS // 2
    assert first | second == EVERY_BUCKET


def test_any_number_of_processes_coming_and_going_end_with_all_buckets_held_once():
    chance = random.Random(4)
    for _ in range(200):
        held: dict[int, frozenset[int]] = {}
        for _ in range(30):
            process = chance.randrange(8)
            if chance.random() < 0.2:
                held.pop(process, None)
                continue
            mine = held.pop(process, NONE)
            held[process] = fair_share(mine, list(held.values()))
            assert sum(map(len, held.values())) == len(NONE.union(*held.values()))
        for _ in range(2):
            for process in list(held) or [0]:
                mine = held.pop(process, NONE)
                held[process] = fair_share(mine, list(held.values()))
        assert NONE.union(*held.values()) == EVERY_BUCKET
        assert max(map(len, held.values())) <= -(-BUCKETS // len(held))


async def test_what_a_dead_process_held_is_taken_over_when_its_lease_ends(database):
    at = now()
    first = await database.write(lambda conn: leases.share(conn, "a", at))
    meanwhile = await database.write(lambda conn: leases.share(conn, "b", at))
    later = at + timedelta(seconds=6)
    after = await database.write(lambda conn: leases.share(conn, "b", later))

    assert first == EVERY_BUCKET
    assert meanwhile == NONE
    assert after == EVERY_BUCKET


async def test_a_process_that_starts_again_has_its_own_leases_at_once(database):
    await database.write(lambda conn: leases.share(conn, "host:8001", now()))

    again = await database.write(lambda conn: leases.share(conn, "host:8001", now()))

    assert again == EVERY_BUCKET


async def test_while_something_is_being_sent_nothing_is_given_up(database):
    await database.write(lambda conn: leases.share(conn, "a", now()))
    await database.write(lambda conn: leases.share(conn, "b", now()))

    held = await database.write(lambda conn: leases.hold(conn, "a", now()))

    assert held == EVERY_BUCKET


async def test_alone_with_its_database_a_process_needs_no_lease(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/own.db", tables.create_all)
    own = Leases(database, "a")
    await own.share()

    assert own.buckets == EVERY_BUCKET
    assert (
        await database.read(lambda conn: conn.execute(select(tables.tables["leases"])).all()) == []
    )
    await database.close()
