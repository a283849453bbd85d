"""What `articles.dead` holds of erased articles: found, and taken out by tombstones."""

import base64
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from pydantic import ValidationError

from schemas.events import RecordParked
from schemas.topics import ARTICLES, DEAD, EXPRESS
from services.common.kafka import read_through, reader

_CLIENT = "tinbai-ingest-erasure"
_WHOLE = TopicPartition(DEAD.name, 0)

log = structlog.get_logger()


@dataclass(frozen=True)
class Grave:
    """A key whose record must go."""

    topic: str
    partition: int
    key: bytes


def graves(key: bytes | None, value: bytes | None, erased: Collection[str]) -> list[Grave]:
    """Say what must go where a parked record speaks of an erased article: the entry, and the record
    itself, where it lies under a key of that article that no version ever had."""
    if key is None or value is None:
        return []
    try:
        parked = RecordParked.model_validate_json(value)
    except ValidationError:
        return []
    record_key = base64.b64decode(parked.record_key_base64 or "")
    text = base64.b64decode(parked.value_base64 or "")
    if not text or not any(each.encode() in record_key + text for each in erased):
        return []
    found = [Grave(DEAD.name, _WHOLE.partition, key)]
    if (
        parked.topic in (ARTICLES.name, EXPRESS.name)
        and record_key[:36].decode(errors="replace") in erased
    ):
        found.append(Grave(parked.topic, parked.partition, record_key))
    return found


class DeadLetters:
    """Reads the topic on from where it was read to; from its beginning for an article that was
    erased since. What is parked late, by a service that was behind, is found too."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._offset = 0
        self._looked_for: frozenset[str] = frozenset()

    async def bury(self, erased: frozenset[str], *, close_segment: bool = False) -> None:
        """Send tombstones for what speaks of `erased` articles; return once Kafka has them.

        Kafka cleans no segment that it still writes to: `close_segment` writes a record more,
        so that an old one is closed in a topic where little happens.
        """
        start = self._offset if erased <= self._looked_for else 0
        async with reader(self._bootstrap, _CLIENT) as consumer:
            found, end = await _read(consumer, start, erased)
        if close_segment:
            found.append(Grave(DEAD.name, _WHOLE.partition, b"segment"))
        if found:
            async with _producer(self._bootstrap) as producer:
                for grave in found:
                    await producer.send_and_wait(
                        grave.topic, None, key=grave.key, partition=grave.partition
                    )
            log.info("dead_letters_erased", count=len(found))
        self._offset, self._looked_for = end, erased


async def _read(
    consumer: AIOKafkaConsumer, start: int, erased: Collection[str]
) -> tuple[list[Grave], int]:
    end: int = (await consumer.end_offsets([_WHOLE]))[_WHOLE]
    found: list[Grave] = []
    async for record in read_through(consumer, _WHOLE, min(start, end), end):
        found += graves(record.key, record.value, erased)
    return found, end


@asynccontextmanager
async def _producer(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap.split(","),
        client_id=_CLIENT,
        acks="all",
        enable_idempotence=True,
    )
    try:
        await producer.start()
        yield producer
    finally:
        await producer.stop()
