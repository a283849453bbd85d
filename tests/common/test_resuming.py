"""A consumer starts where the store stands, and fetches nothing before it knows where that is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaConnectionError

from services.common import resuming
from services.common.resuming import Offsets, ReadOn

ONE, TWO = TopicPartition("articles", 0), TopicPartition("articles", 1)


class FakeConsumer:
    """What the listener asks of aiokafka's; `position` is where it would fetch."""

    def __init__(self, committed: dict[TopicPartition, int]) -> None:
        self._committed = committed
        self.position: dict[TopicPartition, int] = {}
        self.paused: set[TopicPartition] = set()
        self.failures: list[Exception] = []

    async def committed(self, partition: TopicPartition) -> int | None:
        if self.failures:
            raise self.failures.pop()
        return self._committed.get(partition)

    def pause(self, *partitions: TopicPartition) -> None:
        self.paused |= {*partitions}

    def resume(self, *partitions: TopicPartition) -> None:
        self.paused -= {*partitions}

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.position[partition] = offset


def listener(consumer: Any, stored: Callable[[], Awaitable[Offsets]]) -> ReadOn:
    made = ReadOn(stored)
    made.consumer = lambda: consumer
    return made


async def standing() -> Offsets:
    return {("articles", 0): 5, ("articles", 1): 50}


async def started(consumer: FakeConsumer) -> None:
    async with asyncio.timeout(10):
        while consumer.paused:
            await asyncio.sleep(0)


async def test_it_reads_on_where_the_store_stands_though_the_group_has_committed_more() -> None:
    consumer = FakeConsumer({ONE: 100, TWO: 50})

    listener(consumer, standing).on_partitions_assigned({ONE, TWO})

    await started(consumer)
    assert consumer.position == {ONE: 5, TWO: 50}


async def test_a_kafka_that_knows_nothing_of_the_group_is_read_from_the_start() -> None:
    consumer = FakeConsumer({TWO: 20})

    listener(consumer, standing).on_partitions_assigned({ONE, TWO})

    await started(consumer)
    assert consumer.position == {ONE: 0, TWO: 20}


async def test_an_empty_store_reads_everything() -> None:
    consumer = FakeConsumer({ONE: 100})

    async def nothing() -> Offsets:
        return {}

    listener(consumer, nothing).on_partitions_assigned({ONE})

    await started(consumer)
    assert consumer.position == {ONE: 0}


@pytest.mark.parametrize("failure", [KafkaConnectionError(), OSError(), TimeoutError()])
async def test_nothing_is_fetched_while_the_answer_fails(
    failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer = FakeConsumer({ONE: 100})
    consumer.failures = [failure]
    told = asyncio.Event()

    async def again(_: float) -> None:
        assert (consumer.paused, consumer.position) == ({ONE}, {})
        told.set()

    monkeypatch.setattr(resuming, "_pause", again)
    listener(consumer, standing).on_partitions_assigned({ONE})
    assert consumer.paused == {ONE}

    await started(consumer)
    assert told.is_set()
    assert consumer.position == {ONE: 5}


async def test_a_partition_that_was_lost_meanwhile_is_left_alone() -> None:
    class Lost(FakeConsumer):
        def seek(self, partition: TopicPartition, offset: int) -> None:
            raise IllegalStateError(f"no current assignment for {partition}, to {offset}")

    asked = asyncio.Event()

    async def slowly() -> Offsets:
        asked.set()
        return {}

    consumer = Lost({ONE: 1})
    listener(consumer, slowly).on_partitions_assigned({ONE})

    await asked.wait()
    await asyncio.sleep(0)
    assert consumer.paused == {ONE}
