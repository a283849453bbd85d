"""Moves the outbox to Kafka, in order for each article, the urgent first."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder
from sqlalchemy.exc import SQLAlchemyError

from services.common.database import Database, Overloaded, what_happened
from services.common.instants import now
from services.common.tasks import woken
from services.ingest.relaying import outbox
from services.ingest.relaying.leases import Leases
from services.ingest.relaying.outbox import Confirmed, Waiting

# An urgent row waits for the group before it at most: a smaller group, a shorter wait.
_GROUP = 500
_LOOK_EVERY = 1.0  # seconds, should a wake-up be missed
# A send that isn't confirmed by then has an unknown outcome: it is sent again, same event id.
_CONFIRM_WITHIN = 20.0  # seconds
_START_WITHIN = 10.0  # seconds
_RETRY_AFTER = 1.0  # seconds
_MOST_PAUSE = 15.0  # seconds

log = structlog.get_logger()


class Relay:
    """One for each ingest process. Effects may repeat, never get lost: at least once."""

    def __init__(
        self,
        database: Database,
        bootstrap: str,
        leases: Leases,
        log_was_cut: Callable[[], None],
    ) -> None:
        self._database = database
        self._bootstrap = bootstrap
        self._leases = leases
        self._log_was_cut = log_was_cut
        self._wake = asyncio.Event()
        self._stale = False
        self._pause = _RETRY_AFTER

    def wake(self) -> None:
        """Say that rows were added."""
        self._wake.set()

    def reconnect(self) -> None:
        """Go on with a new producer: Kafka was away, and the old one may never find back."""
        self._stale = True
        self._wake.set()

    async def run(self) -> None:
        """Run until cancelled. After any failed send the outbox alone says what goes next."""
        while True:
            try:
                async with _producer(self._bootstrap) as producer:
                    await self._relay(producer)
            except (KafkaError, OSError, SQLAlchemyError, Overloaded) as error:
                log.warning("relay_interrupted", error=what_happened(error))
                await asyncio.sleep(self._pause)
                if isinstance(error, SQLAlchemyError | Overloaded):
                    # What was sent can't be noted, on a full disk for one, and is sent again.
                    self._pause = min(2 * self._pause, _MOST_PAUSE)

    async def _relay(self, producer: AIOKafkaProducer) -> None:
        self._stale = False
        while not self._stale:
            self._wake.clear()
            await self._leases.share()
            buckets = self._leases.buckets
            rows = await self._database.read(partial(outbox.due, limit=_GROUP, buckets=buckets))
            if rows:
                await self._send(producer, rows)
            else:
                await woken(self._wake, _LOOK_EVERY)

    async def _send(self, producer: AIOKafkaProducer, rows: list[Waiting]) -> None:
        async with asyncio.timeout(_CONFIRM_WITHIN):
            answers = await asyncio.gather(
                *[_send_batch(producer, batch) for batch in _batches(producer, rows)],
                return_exceptions=True,
            )
        confirmed = [one for answer in answers if isinstance(answer, list) for one in answer]
        cut = await self._database.write(lambda conn: outbox.mark_sent(conn, confirmed, now()))
        self._pause = _RETRY_AFTER
        if cut:
            log.error("kafka_log_was_cut", rows=cut)
            self._log_was_cut()
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer


@dataclass
class _Batch:
    """Rows of one partition, in order: one request and one confirmation for all."""

    builder: BatchBuilder
    rows: list[Waiting]


def _batches(producer: AIOKafkaProducer, rows: list[Waiting]) -> list[_Batch]:
    batches: list[_Batch] = []
    newest: dict[tuple[str, int], _Batch] = {}
    for row in rows:
        place = (row.topic, row.partition)
        if place not in newest or not _added(newest[place].builder, row):
            newest[place] = _Batch(producer.create_batch(), [])
            batches.append(newest[place])
            _added(newest[place].builder, row)  # the first always fits
        newest[place].rows.append(row)
    return batches


def _added(builder: BatchBuilder, row: Waiting) -> bool:
    return builder.append(timestamp=None, key=row.key, value=row.value) is not None


async def _send_batch(producer: AIOKafkaProducer, batch: _Batch) -> list[Confirmed]:
    first = batch.rows[0]
    sent = await producer.send_batch(batch.builder, first.topic, partition=first.partition)
    base = (await sent).offset
    return [
        Confirmed(row.seq, row.topic, row.partition, base + place)
        for place, row in enumerate(batch.rows)
    ]


@asynccontextmanager
async def _producer(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap.split(","),
        client_id="tinbai-ingest",
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        max_batch_size=128 * 1024,
    )
    try:
        async with asyncio.timeout(_START_WITHIN):
            await producer.start()
        yield producer
    finally:
        async with asyncio.timeout(_START_WITHIN):
            await producer.stop()
