"""Events out, through the broker that a service consumes with; ingest's own relay is its own."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog
from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata
from faststream.exceptions import IncorrectState
from faststream.kafka import KafkaBroker, KafkaPublishMessage

from schemas.events import Event
from schemas.topics import Topic
from services.common.kafka import BATCH_BYTES

_CONFIRM_WITHIN = 30.0  # seconds
_BATCH_BYTES = BATCH_BYTES // 2  # of values: keys and headers are added to them
_MOST_IN_BATCH = 250

log = structlog.get_logger()


class NotConfirmed(OSError):
    """Kafka did not confirm: nobody's record is at fault, and it may be there all the same."""


@dataclass(frozen=True)
class Message:
    """A record to be."""

    topic: str
    partition: int
    key: bytes
    value: bytes


Publish = Callable[[Sequence[Message]], Awaitable[None]]
"""Takes messages of one partition, in order; returns when Kafka has confirmed them all. Raises
NotConfirmed."""


def message_of(event: Event, topic: Topic) -> Message:
    """Make the record of an event."""
    return Message(
        topic.name, event.partition_in(topic), event.record_key.encode(), event.to_bytes()
    )


def publisher(broker: KafkaBroker) -> Publish:
    """Give what publishes through `broker`; while that isn't started, nothing is confirmed."""

    async def publish(messages: Sequence[Message]) -> None:
        place = messages[0]
        try:
            async with asyncio.timeout(_CONFIRM_WITHIN):
                # One request and one confirmation: one by one, each costs FastStream 150 µs.
                confirmed = await broker.publish_batch(
                    *(KafkaPublishMessage(each.value, key=each.key) for each in messages),
                    topic=place.topic,
                    partition=place.partition,
                )
        except (KafkaError, OSError, IncorrectState) as error:
            raise NotConfirmed(repr(error)) from error
        if not isinstance(confirmed, RecordMetadata):
            raise NotConfirmed("the broker is a test's")

    return publish


async def publish_all(publish: Publish, messages: Sequence[Message]) -> list[bool]:
    """Publish all at once, in batches; say of each whether Kafka confirmed it."""
    batches = _batches(messages)
    answers = await asyncio.gather(*map(publish, batches), return_exceptions=True)
    missing: dict[Message, NotConfirmed] = {}
    for batch, answer in zip(batches, answers, strict=True):
        if isinstance(answer, NotConfirmed):
            missing |= dict.fromkeys(batch, answer)
        elif answer is not None:
            raise answer
    if missing:
        error = str(next(iter(missing.values())))
        log.warning("events_not_published", count=len(missing), error=error)
    return [message not in missing for message in messages]


def _batches(messages: Iterable[Message]) -> list[list[Message]]:
    batches: list[list[Message]] = []
    newest: dict[tuple[str, int], tuple[list[Message], int]] = {}
    for message in messages:
        place = (message.topic, message.partition)
        batch, size = newest.get(place, ([], 0))
        size += len(message.value)
        if not batch or len(batch) == _MOST_IN_BATCH or size > _BATCH_BYTES:
            batch, size = [], len(message.value)
            batches.append(batch)
        batch.append(message)
        newest[place] = (batch, size)
    return batches
