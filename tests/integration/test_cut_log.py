"""After Kafka's log was cut, consumers that had read further still get everything."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from schemas.events import partition_of
from schemas.topics import ARTICLES
from services.common.database import Database, sqlite_url
from services.common.kafka import ensure_topics
from services.ingest.relaying import outbox
from services.ingest.relaying.comparison import Comparison
from services.ingest.relaying.leases import Leases
from services.ingest.relaying.relay import Relay
from services.ingest.tables import tables
from tests.ingest.relaying.test_outbox import add, article
from tests.stack.processes import DEADLINE


async def test_what_stood_before_the_cut_and_what_came_after_lie_beyond_what_was_read(
    bootstrap, tmp_path
):
    database = Database(sqlite_url(tmp_path / "ingest.db"), tables.create_all)
    one = article()
    place = TopicPartition(ARTICLES.name, partition_of(str(one.id), ARTICLES))
    async with relaying(database, bootstrap) as comparison:
        versions = [article(one.id, version=number) for number in (1, 2, 3)]
        await database.write(lambda conn: add(conn, *versions))
        await until_all_sent(database)
        read_so_far = (await keys_from(bootstrap, place, 0))[-1][0] + 1

        await cut(bootstrap)
        await database.write(lambda conn: add(conn, article(one.id, version=4)))
        comparison.want()
        await until_all_sent(database)
        async with asyncio.timeout(DEADLINE):
            while len(found := await keys_from(bootstrap, place, read_so_far)) < 4:
                await asyncio.sleep(0.1)
    await database.close()

    assert {key for _, key in found} == {f"{one.id}:{version}" for version in (1, 2, 3, 4)}


@asynccontextmanager
async def relaying(database: Database, bootstrap: str) -> AsyncIterator[Comparison]:
    """Have relay and comparison at work."""
    await make_topics(bootstrap)
    comparison = Comparison(database, bootstrap)
    relay = Relay(database, bootstrap, Leases(database, "alone"), comparison.want)
    tasks = [asyncio.create_task(work.run()) for work in (comparison, relay)]
    yield comparison
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def make_topics(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await ensure_topics(admin)
    await admin.close()


async def cut(bootstrap: str) -> None:
    """Cut the log at its very beginning."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.delete_topics([ARTICLES.name])
    async with asyncio.timeout(DEADLINE):
        while ARTICLES.name in await admin.list_topics():
            await asyncio.sleep(0.05)
    await admin.close()
    await make_topics(bootstrap)


async def until_all_sent(database: Database) -> None:
    async with asyncio.timeout(DEADLINE):
        while await database.read(outbox.count_waiting):
            await asyncio.sleep(0.05)


async def keys_from(bootstrap: str, place: TopicPartition, start: int) -> list[tuple[int, str]]:
    """Give offset and key of every record from `start` on."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        end = (await consumer.end_offsets([place]))[place]
        consumer.assign([place])
        consumer.seek(place, start)
        found = []
        with suppress(TimeoutError):
            async with asyncio.timeout(DEADLINE):
                while await consumer.position(place) < end:
                    batch = await consumer.getmany(place, timeout_ms=500)
                    found += [(r.offset, r.key.decode()) for rs in batch.values() for r in rs]
        return found
    finally:
        await consumer.stop()
