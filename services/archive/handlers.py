"""Events in: each topic has a consumer that starts where the index stands."""

from collections.abc import Awaitable, Callable, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from faststream.kafka import KafkaBroker

from schemas.reading import read_article_event, read_registry_event
from schemas.topics import ARTICLES, EXPRESS, REGISTRY, Topic
from services.archive.index import Index
from services.archive.intake import Intake
from services.common.consuming import DeadLetters, RecordHandler, pass_over
from services.common.kafka import Record, consume

Handle = Callable[[Sequence[Record]], Awaitable[None]]


def subscribe(broker: KafkaBroker, index: Index, intake: Intake) -> None:
    """Give each topic a consumer of its own, so that express overtakes a backlog of articles.

    syndicate parks the records that break their contract, so here they are only passed over.
    """
    park = DeadLetters(broker, "archive").park
    for topic in (ARTICLES, EXPRESS):
        articles = RecordHandler(
            read_article_event, intake.take_articles, park_invalid=pass_over, park_failed=park
        )
        _consume(broker, index, topic, articles)
    registry = RecordHandler(
        read_registry_event, intake.take_registry, park_invalid=pass_over, park_failed=park
    )
    _consume(broker, index, REGISTRY, registry)


def _consume(broker: KafkaBroker, index: Index, topic: Topic, handle: Handle) -> None:
    start = StartWhereTheIndexStands(index)
    group = f"tinbai-archive-{index.id}.{topic.name}"
    subscriber = consume(broker, topic, group, handle, start)
    start.consumer = lambda: subscriber.consumer


class StartWhereTheIndexStands(ConsumerRebalanceListener):  # type: ignore[misc]
    """Reads on from the offsets in the index; what the group has committed counts for nothing.

    aiokafka calls this before it can have fetched a record: it would have to ask for the group's
    offsets first, and nothing is awaited here. An offset that Kafka has not (any more) is reset
    to the earliest; what is then read again changes nothing.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self.consumer: Callable[[], AIOKafkaConsumer] | None = None

    def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """A batch under way is committed all the same: the index is this process's own."""

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Seek, before the first fetch."""
        assert self.consumer is not None
        for partition in assigned:
            offset = self._index.offsets.get((partition.topic, partition.partition), 0)
            self.consumer().seek(partition, offset)
