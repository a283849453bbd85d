"""What the relay tells of is where it says, in order, whatever its size."""

from collections.abc import Iterator

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import select

from services.common.database import Database
from services.ingest.tables import outbox, tables
from tests.ingest.relaying.test_outbox import add, article
from tests.integration.conftest import broker_alone
from tests.integration.test_cut_log import relaying, until_all_sent


@pytest.fixture(scope="module")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a broker for both databases: each looks for its own articles."""
    with broker_alone(tmp_path_factory.mktemp("relay")) as address:
        yield address


async def test_every_row_lies_at_the_offset_that_was_noted(bootstrap, database_url):
    database = Database(database_url, tables.create_all)
    big = article(body=f"<p>{'x' * 900_000}</p>")
    many = [article(body=f"<p>{'y' * 3000}</p>") for _ in range(600)]
    busy = [article(many[0].id, version=number) for number in range(2, 12)]
    await database.write(lambda conn: add(conn, *many[:300], big, *busy, *many[300:]))
    async with relaying(database, bootstrap):
        await until_all_sent(database)
    rows = await database.read(lambda conn: conn.execute(select(outbox)).all())
    await database.close()

    found = await everything(bootstrap, {TopicPartition(r.topic, r.partition) for r in rows})

    assert len(found) >= len(rows) == 611
    for row in rows:
        assert found[row.topic, row.partition, row.sent_offset] == (row.key, row.value)
    versions = sorted(
        (r.sent_offset, r.key) for r in rows if r.key.startswith(str(busy[0].id).encode())
    )
    assert [int(key.split(b":")[1]) for _, key in versions] == list(range(1, 12))


async def everything(bootstrap: str, places: set[TopicPartition]) -> dict:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    found = {}
    try:
        for place in places:
            end = (await consumer.end_offsets([place]))[place]
            consumer.assign([place])
            consumer.seek(place, 0)
            while await consumer.position(place) < end:
                for record in (await consumer.getmany(place, timeout_ms=1000)).get(place, []):
                    found[place.topic, place.partition, record.offset] = (record.key, record.value)
    finally:
        await consumer.stop()
    return found
