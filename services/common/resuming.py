"""Reading on from where a store stands: its offsets are kept with what they brought."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError

Offsets = Mapping[tuple[str, int], int]
"""The next offset to read of each partition: (topic, partition) to offset."""

_ANSWER_WITHIN = 10.0  # seconds
_RETRY_AFTER = 1.0  # seconds

_pause = asyncio.sleep

log = structlog.get_logger()


class ReadOn(ConsumerRebalanceListener):  # type: ignore[misc]
    """Has a consumer start each partition where the store stands when it gets the partition.

    A store that was restored from a backup so gets again what came after it, though the group has
    committed more. Where the group has committed less, or nothing, that counts: a Kafka that was
    made anew gives its offsets to other records. What is read again changes nothing. An offset that
    Kafka has not (any more) is reset to the earliest.

    The partitions are paused meanwhile: aiokafka (0.14) fetches nothing of them, and has fetched
    nothing before it calls this. It can't be made to wait for the answers here: it would not close
    a consumer before they came.
    """

    def __init__(self, stored: Callable[[], Awaitable[Offsets]]) -> None:
        self._stored = stored
        self._task: asyncio.Task[None] | None = None
        self.consumer: Callable[[], AIOKafkaConsumer] | None = None
        """Gives the one that is at work; nothing between two."""

    def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """A batch under way is committed all the same: it tells the store nothing wrong."""

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Pause, and seek as soon as it is known where to."""
        if self._task:
            self._task.cancel()
        consumer = self.consumer and self.consumer()
        if consumer and assigned:
            consumer.pause(*assigned)
            self._task = asyncio.create_task(self._start(consumer, assigned))

    async def _start(self, consumer: AIOKafkaConsumer, assigned: set[TopicPartition]) -> None:
        assert self.consumer
        while consumer is self.consumer():
            try:
                async with asyncio.timeout(_ANSWER_WITHIN):
                    starts = await self._starts(consumer, assigned)
                for partition, offset in starts.items():
                    consumer.seek(partition, offset)
                consumer.resume(*assigned)
            except IllegalStateError:
                return  # another assignment came in between, or an end
            except Exception:  # whatever it is: without an answer nothing is ever read again
                log.exception("start_not_known", partitions=len(assigned))
                await _pause(_RETRY_AFTER)
            else:
                return

    async def _starts(
        self, consumer: AIOKafkaConsumer, assigned: set[TopicPartition]
    ) -> dict[TopicPartition, int]:
        committed = await asyncio.gather(*map(consumer.committed, assigned))
        stored = await self._stored()
        return {
            partition: min(of_group or 0, stored.get((partition.topic, partition.partition), 0))
            for partition, of_group in zip(assigned, committed, strict=True)
        }
