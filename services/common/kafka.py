"""Kafka, with every default that loses data turned to the safe side."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, Protocol, cast

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    KafkaError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
    for_code,
)
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage
from faststream.kafka.subscriber.usecase import LogicSubscriber

from schemas.topics import TOPICS, Topic
from services.common.metrics import KAFKA_UP, LAG
from services.common.resuming import Offsets, ReadOn


class Record(Protocol):
    """What we use of aiokafka's ConsumerRecord."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


# A killed consumer's partitions move after this long. The event loop must never be blocked near it.
SESSION_TIMEOUT_MS = 3000
HEARTBEAT_MS = 500

_SET_ON_TOPIC = 1  # Kafka's ConfigSource.DYNAMIC_TOPIC_CONFIG

BATCH_BYTES = 256 * 1024
"""What a broker of ours sends in one batch at most, but for a record that alone is larger."""

_LOOK_UP_MS = 1000  # how often who waits for records sees to whether the consumer still works

_SILENCE_MS = 10_000  # without a record, short of the end: Kafka is stuck
_LONG_SILENCE_MS = 60_000  # where a start of the broker is waited for
_MOST_AT_ONCE = 2000

_PROBE_EVERY = 1.0  # seconds
_PROBE_TIMEOUT = 5.0  # seconds
_START_TIMEOUT = 30.0  # seconds
_RETRY_AFTER = (0.1, 0.2, 0.4, 0.8, 1.0)  # seconds; the last one for ever

log = structlog.get_logger()


def make_broker(bootstrap: str, client_id: str) -> KafkaBroker:
    """Make a FastStream broker whose handlers get raw records and own all of their validation.

    The parser would raise on a null or binary header, outside of every policy, and the next
    success would commit past that record; so it never sees a header.
    """
    return KafkaBroker(
        bootstrap.split(","),
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        max_batch_size=BATCH_BYTES,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        allow_auto_create_topics=False,
        parser=_without_headers,
        decoder=_raw_records,
        apply_types=False,
        logger=None,
    )


async def _without_headers(
    records: tuple[Any, ...], parse: Callable[[object], Awaitable[KafkaMessage]]
) -> KafkaMessage:
    return await parse(tuple(replace(record, headers=()) for record in records))


async def _raw_records(message: KafkaMessage) -> tuple[Record, ...]:
    return cast("tuple[Record, ...]", message.raw_message)


async def ensure_topics(admin: AIOKafkaAdminClient, topics: Sequence[Topic] = TOPICS) -> None:
    """Make the topics that are missing, with three replicas where the cluster has three brokers;
    bring the configuration of those that are there in line."""
    cluster = await admin.describe_cluster()
    replicas = min(3, len(cluster["brokers"]))
    existing = set(await admin.list_topics())
    missing = [topic for topic in topics if topic.name not in existing]
    await _configure(admin, [topic for topic in topics if topic.name in existing])
    if not missing:
        return
    answer = await admin.create_topics(
        [NewTopic(t.name, t.partitions, replicas, topic_configs=t.config) for t in missing]
    )
    for name, code, *_ in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error(f"topic {name} could not be made")
        log.info("topic_ready", topic=name)


async def _configure(admin: AIOKafkaAdminClient, topics: Sequence[Topic]) -> None:
    """Set what a topic must have where it has it not; what others have set beside that stays."""
    for topic in topics:
        [answer] = await admin.describe_configs([_resource(topic, None)])
        [(code, message, _, _, entries)] = answer.resources
        if code == UnknownTopicOrPartitionError.errno:
            continue  # another service made it a moment ago
        if code:
            raise for_code(code)(f"topic {topic.name} could not be described: {message}")
        standing = {name: value for name, value, *_ in entries}
        if topic.config.items() <= standing.items():
            continue
        # aiokafka has the call that replaces everything, not the one that changes single values.
        kept = {name: value for name, value, _, source, *_ in entries if source == _SET_ON_TOPIC}
        [changed] = await admin.alter_configs([_resource(topic, kept | topic.config)])
        [(code, message, *_)] = changed.resources
        if code:
            raise for_code(code)(f"topic {topic.name} could not be configured: {message}")
        log.info("topic_configured", topic=topic.name)


def _resource(topic: Topic, config: dict[str, str] | None) -> ConfigResource:
    return ConfigResource(ConfigResourceType.TOPIC, topic.name, config)


@asynccontextmanager
async def reader(bootstrap: str, client_id: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Give a consumer without a group, to look through partitions with `read_through`."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap.split(","),
        client_id=client_id,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


async def read_through(
    consumer: AIOKafkaConsumer, place: TopicPartition, start: int, end: int
) -> AsyncIterator[Record]:
    """Give the records of a partition from `start` up to `end`. Raises TimeoutError where Kafka
    gives none, short of the end."""
    consumer.assign([place])
    consumer.seek(place, start)
    while await consumer.position(place) < end:
        got = await consumer.getmany(timeout_ms=_SILENCE_MS, max_records=_MOST_AT_ONCE)
        if not got:
            raise TimeoutError(f"{place.topic}/{place.partition} gives no records")
        for record in got[place]:
            yield record


@dataclass(frozen=True)
class Step:
    """Some records of several partitions, and how far along these have been read."""

    records: Sequence[Record]
    passed: int
    total: int


async def read_all(
    consumer: AIOKafkaConsumer, topics: Sequence[Topic], at_once: int
) -> AsyncIterator[Step]:
    """Give the records of whole topics, from their beginnings up to the ends that they have now; of
    each partition in order. Raises TimeoutError where Kafka gives none for long, short of the end.
    """
    places = [TopicPartition(topic.name, n) for topic in topics for n in range(topic.partitions)]
    starts = await consumer.beginning_offsets(places)
    ends = await consumer.end_offsets(places)
    total = sum(ends[place] - starts[place] for place in places)
    left = {place for place in places if starts[place] < ends[place]}
    passed, silent = 0, 0.0
    consumer.assign(list(left))
    for place in left:
        consumer.seek(place, starts[place])
    while left:
        got = await consumer.getmany(timeout_ms=_LOOK_UP_MS, max_records=at_once)
        # Where compaction took the last ones, the place moves on without a record.
        at = {place: min(await consumer.position(place), ends[place]) for place in left}
        moved = sum(at[place] - starts[place] for place in left)
        silent = 0 if moved else silent + _LOOK_UP_MS
        if silent > _LONG_SILENCE_MS:
            raise TimeoutError("Kafka gives no records")
        starts |= at
        passed += moved
        done = {place for place in left if at[place] == ends[place]}
        consumer.pause(*done)
        left -= done
        yield Step([record for records in got.values() for record in records], passed, total)


class KafkaLink:
    """Keeps trying to reach Kafka, and knows whether it is there.

    `on_up` is called each time that Kafka comes (back): the topics exist by then.
    """

    def __init__(self, bootstrap: str, on_up: Callable[[], Awaitable[None]]) -> None:
        self._bootstrap = bootstrap
        self._on_up = on_up
        self.state: Literal["up", "down"] = "down"

    async def run(self) -> None:
        """Run until cancelled."""
        attempt = 0
        while True:
            try:
                async with _admin(self._bootstrap) as admin:
                    await ensure_topics(admin)
                    await self._on_up()
                    self.state, attempt = "up", 0
                    KAFKA_UP.set(1)
                    log.info("kafka_up", bootstrap=self._bootstrap)
                    await _watch(admin)
            except (KafkaError, OSError, TimeoutError) as error:
                if self.state == "up" or attempt == 0:
                    log.warning("kafka_down", bootstrap=self._bootstrap, error=repr(error))
                self.state = "down"
                KAFKA_UP.set(0)
            await asyncio.sleep(_RETRY_AFTER[min(attempt, len(_RETRY_AFTER) - 1)])
            attempt += 1


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap.split(","))
    try:
        async with asyncio.timeout(_PROBE_TIMEOUT):
            await admin.start()
        yield admin
    finally:
        await admin.close()


async def _watch(admin: AIOKafkaAdminClient) -> None:
    while True:
        await asyncio.sleep(_PROBE_EVERY)
        async with asyncio.timeout(_PROBE_TIMEOUT):
            await admin.describe_cluster()


def consume(
    broker: KafkaBroker,
    topic: Topic,
    group: str,
    handle: Callable[[Sequence[Record]], Awaitable[None]],
    stored: Callable[[], Awaitable[Offsets]] | None = None,
    at_once: int = 500,
) -> None:
    """Have `handle` called with what comes in `topic`, in batches of at most `at_once`; its
    offset is committed after. Where a store keeps offsets itself, `stored` tells them.

    Give each topic a group of its own: members of one group stop each other at every start.
    """
    start = ReadOn(stored) if stored else None
    subscriber = broker.subscriber(
        topic.name,
        group_id=group,
        batch=True,
        max_records=at_once,
        batch_timeout_ms=10,
        auto_offset_reset="earliest",
        session_timeout_ms=SESSION_TIMEOUT_MS,
        heartbeat_interval_ms=HEARTBEAT_MS,
        fetch_max_bytes=8 * 1024 * 1024,
        listener=start,
    )

    @subscriber
    async def take(records: Any) -> None:  # noqa: ANN401 - FastStream would validate against it
        await handle(records)

    if start:
        start.consumer = lambda: subscriber.consumer


class _Attentive(AIOKafkaConsumer):  # type: ignore[misc]
    """Waits until there are records: after an empty answer FastStream would sleep for as long as it
    has waited, deaf to what comes."""

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> dict[TopicPartition, list[Any]]:
        """Give some records, at once when they are there."""
        got: dict[TopicPartition, list[Any]] = {}
        while not got:
            got = await super().getmany(
                *partitions, timeout_ms=max(timeout_ms, _LOOK_UP_MS), max_records=max_records
            )
        return got


async def start_afresh(broker: KafkaBroker) -> None:
    """Start consuming with new consumers, whatever became of the old ones.

    For each time that Kafka comes back: when a broker dies, aiokafka 0.14 now and then loses the
    task that keeps a client's metadata fresh, and the consumer then waits for ever.
    """
    async with asyncio.timeout(_START_TIMEOUT):
        await broker.stop()
        try:
            await broker.connect()
            config = broker.config.broker_config
            made = cast("partial[AIOKafkaConsumer]", config.builder)
            config.builder = partial(_Attentive, **made.keywords)
            await broker.start()
        except BaseException:
            # Some of its consumers may run already, and would be started twice.
            await broker.stop()
            raise


async def standing(link: KafkaLink, broker: KafkaBroker) -> tuple[str, dict[str, int]]:
    """Say for `readyz` whether Kafka is there, and how many records of each topic this process has
    not taken yet; note the latter.

    It is "joining" from when Kafka is there until each consumer knows its partitions and their
    ends: what is counted before that is not all.
    """
    state: str = link.state
    behind: dict[str, int] = {}
    for subscriber in broker.subscribers:
        counted = await _behind(cast("LogicSubscriber[Any]", subscriber).consumer)
        if counted is None:
            state = "joining" if state == "up" else state
        else:
            behind |= counted
    for topic, records in behind.items():
        LAG.labels(topic).set(records)
    return state, behind


async def _behind(consumer: AIOKafkaConsumer | None) -> dict[str, int] | None:
    """Count the records of each topic that a consumer has not taken; None while that is unknown."""
    # No partitions at all, of a group with many members, is an assignment too.
    if consumer is None or consumer._subscription.subscription.assignment is None:
        return None
    behind: dict[str, int] = dict.fromkeys(consumer.subscription(), 0)
    for partition in consumer.assignment():
        end = consumer.highwater(partition)
        if end is None:
            return None
        try:
            async with asyncio.timeout(0.2):
                position = await consumer.position(partition)
        except (TimeoutError, KafkaError):
            return None
        behind[partition.topic] += max(0, end - position)
    return behind
