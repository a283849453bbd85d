import pytest

from services.common.kafka import make_broker
from services.common.publishing import Message, NotConfirmed, publish_all, publisher

ONE, TWO = (Message("deliveries", 0, key, b"{}") for key in (b"1", b"2"))


async def test_while_kafka_is_away_nothing_is_confirmed() -> None:
    publish = publisher(make_broker("127.0.0.1:1", "test"))

    with pytest.raises(NotConfirmed):
        await publish(ONE)


async def test_each_is_confirmed_or_not_by_itself() -> None:
    async def only_two(message: Message) -> None:
        if message is ONE:
            raise NotConfirmed("away")

    assert await publish_all(only_two, [ONE, TWO]) == [False, True]


async def test_a_fault_of_our_own_is_not_taken_for_an_absent_kafka() -> None:
    async def broken(_: Message) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await publish_all(broken, [ONE])
