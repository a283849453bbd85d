"""Compares the outbox with the topics, and sends again what Kafka has lost.

Kafka confirms before it syncs to disk: when its machine loses power, the last records of a
partition may be gone although they were confirmed. Ingest kept what it sent, so it can tell.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import blake2b

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from schemas.topics import ARTICLES, REGISTRY, Topic
from services.common.database import Database, Overloaded, what_happened
from services.common.instants import now
from services.common.kafka import read_through, reader
from services.common.tasks import woken
from services.ingest.relaying import outbox
from services.ingest.tables import compared
from services.ingest.tables import outbox as rows

_EVERY = 600.0  # seconds
_RETRY_AFTER = 5.0  # seconds
# What a comparison found, and had been written for longer than this, is on the disk: Linux writes
# dirty pages back after 30 seconds.
_UNSETTLED = timedelta(minutes=10)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger()


@dataclass(frozen=True)
class Kept:
    """A row that Kafka once confirmed."""

    seq: int
    partition: int
    offset: int
    fingerprint: bytes


class Comparison:
    """Runs when Kafka comes (back), and now and then."""

    def __init__(self, database: Database, bootstrap: str) -> None:
        self._database = database
        self._bootstrap = bootstrap
        self._wanted = asyncio.Event()

    def want(self) -> None:
        """Compare soon: Kafka was away, and its machine may have been."""
        self._wanted.set()

    async def run(self) -> None:
        """Run until cancelled; the first comparison waits to be wanted."""
        patience: float | None = None
        while True:
            await woken(self._wanted, patience)
            patience = _EVERY
            self._wanted.clear()
            try:
                await send_again_what_is_missing(self._database, self._bootstrap)
            except (KafkaError, OSError, SQLAlchemyError, Overloaded) as error:
                log.warning("comparison_interrupted", error=what_happened(error))
                await asyncio.sleep(_RETRY_AFTER)
                self._wanted.set()


async def send_again_what_is_missing(database: Database, bootstrap: str) -> int:
    """Compare, and mark what is missing as unsent; return how many rows that were."""
    async with reader(bootstrap, "tinbai-ingest-comparison") as consumer:
        missing = [await _compare(database, consumer, topic) for topic in (ARTICLES, REGISTRY)]
    log.info("outbox_compared", missing=sum(missing))
    return sum(missing)


async def _compare(database: Database, consumer: AIOKafkaConsumer, topic: Topic) -> int:
    begun = now()
    since = await database.read(partial(unsettled_since, topic=topic))
    missing = await _lost(database, consumer, topic, range(topic.partitions), since)
    if missing and since > _EVER:
        # The end of the log is gone, perhaps written over: now look for every row.
        missing = []
        for partition in range(topic.partitions):
            missing += await _lost(database, consumer, topic, [partition], _EVER)
    if missing:
        log.error("kafka_lost_records", topic=topic.name, count=len(missing))

    def note(conn: Connection) -> None:
        outbox.mark_unsent(conn, [row.seq for row in missing])
        conn.execute(delete(compared).where(compared.c.topic == topic.name))
        conn.execute(insert(compared), {"topic": topic.name, "begun": begun})

    await database.write(note)
    return len(missing)


async def _lost(
    database: Database,
    consumer: AIOKafkaConsumer,
    topic: Topic,
    partitions: Sequence[int],
    since: datetime,
) -> list[Kept]:
    sent = await database.read(lambda conn: kept(conn, topic, partitions, since))
    lost = []
    for partition in {row.partition for row in sent}:
        here = [row for row in sent if row.partition == partition]
        start = min(row.offset for row in here)
        found = await _fingerprints(consumer, TopicPartition(topic.name, partition), start)
        lost += [row for row in here if row.fingerprint not in found]
    return lost


async def _fingerprints(
    consumer: AIOKafkaConsumer, place: TopicPartition, start: int
) -> set[bytes]:
    end = (await consumer.end_offsets([place]))[place]
    if start >= end:
        return set()
    records = read_through(consumer, place, start, end)
    return {fingerprint(record.key, record.value) async for record in records}


def unsettled_since(conn: Connection, topic: Topic) -> datetime:
    """Tell since when records may not have reached Kafka's disk: what was there at the last
    comparison, and had been there for a while, was synced."""
    begun = conn.scalar(select(compared.c.begun).where(compared.c.topic == topic.name))
    return _EVER if begun is None else begun - _UNSETTLED


def kept(conn: Connection, topic: Topic, partitions: Sequence[int], since: datetime) -> list[Kept]:
    """List the rows sent since then; of several with one key the newest, as compaction does."""
    query = (
        select(rows.c.seq, rows.c.partition, rows.c.sent_offset, rows.c.key, rows.c.value)
        .where(rows.c.topic == topic.name, rows.c.sent >= since)
        .where(rows.c.partition.in_(partitions))
        .order_by(rows.c.seq)
    )
    newest = {
        row.key: Kept(row.seq, row.partition, row.sent_offset, fingerprint(row.key, row.value))
        for row in conn.execute(query)
    }
    return list(newest.values())


def fingerprint(key: bytes | None, value: bytes | None) -> bytes:
    """Tell records apart in 16 bytes."""
    return blake2b(value or b"", key=(key or b"")[:64], digest_size=16).digest()
