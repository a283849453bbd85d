from collections.abc import Sequence

import pytest

from services.common.kafka import BATCH_BYTES, make_broker
from services.common.publishing import Message, NotConfirmed, publish_all, publisher

ONE, TWO = (Message("deliveries", 0, key, b"{}") for key in (b"1", b"2"))
OTHER = Message("deliveries", 1, b"3", b"{}")


async def test_while_kafka_is_away_nothing_is_confirmed() -> None:
    publish = publisher(make_broker("127.0.0.1:1", "test"))

    with pytest.raises(NotConfirmed):
        await publish([ONE])


async def test_each_partition_is_confirmed_or_not_by_itself() -> None:
    async def only_the_second(messages: Sequence[Message]) -> None:
        if messages[0].partition == 0:
            raise NotConfirmed("away")

    assert await publish_all(only_the_second, [ONE, OTHER, TWO]) == [False, True, False]


async def test_what_goes_to_one_partition_goes_together_and_in_order() -> None:
    batches = []

    async def publish(messages: Sequence[Message]) -> None:
        batches.append(list(messages))

    await publish_all(publish, [ONE, OTHER, TWO])
    assert batches == [[ONE, TWO], [OTHER]]


@pytest.mark.parametrize(("count", "size"), [(1000, 10), (10, 100_000)])
async def test_no_batch_is_larger_than_kafka_takes_at_once(count: int, size: int) -> None:
    batches = []

    async def publish(messages: Sequence[Message]) -> None:
        batches.append(list(messages))

    messages = [Message("deliveries", 0, str(n).encode(), b"x" * size) for n in range(count)]
    assert await publish_all(publish, messages) == [True] * count
    assert [each for batch in batches for each in batch] == messages
    assert all(sum(len(e.key + e.value) + 200 for e in batch) <= BATCH_BYTES for batch in batches)


async def test_a_fault_of_our_own_is_not_taken_for_an_absent_kafka() -> None:
    async def broken(_: Sequence[Message]) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await publish_all(broken, [ONE])
