"""Events out, through the broker that a service consumes with; ingest's own relay is its own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata
from faststream.exceptions import IncorrectState
from faststream.kafka import KafkaBroker

from schemas.events import Event
from schemas.topics import Topic

_CONFIRM_WITHIN = 30.0  # seconds

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


Publish = Callable[[Message], Awaitable[None]]
"""Returns when Kafka has confirmed. Raises NotConfirmed."""


def message_of(event: Event, topic: Topic) -> Message:
    """Make the record of an event."""
    return Message(
        topic.name, event.partition_in(topic), event.record_key.encode(), event.to_bytes()
    )


def publisher(broker: KafkaBroker) -> Publish:
    """Give what publishes through `broker`; while that isn't started, nothing is confirmed."""

    async def publish(message: Message) -> None:
        try:
            async with asyncio.timeout(_CONFIRM_WITHIN):
                confirmed = await broker.publish(
                    message.value, message.topic, key=message.key, partition=message.partition
                )
        except (KafkaError, OSError, IncorrectState) as error:
            raise NotConfirmed(repr(error)) from error
        if not isinstance(confirmed, RecordMetadata):
            raise NotConfirmed("the broker is a test's")

    return publish


async def publish_all(publish: Publish, messages: Sequence[Message]) -> list[bool]:
    """Publish all at once; say of each whether Kafka confirmed it."""
    answers = await asyncio.gather(*map(publish, messages), return_exceptions=True)
    missing = [answer for answer in answers if isinstance(answer, NotConfirmed)]
    for answer in answers:
        if answer is not None and not isinstance(answer, NotConfirmed):
            raise answer
    if missing:
        log.warning("events_not_published", count=len(missing), error=str(missing[0]))
    return [answer is None for answer in answers]
