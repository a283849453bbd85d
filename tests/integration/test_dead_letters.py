"""Hostile records put straight into Kafka: each parked once, and the consumers go on."""

import asyncio
import json
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.topics import ARTICLES, DEAD, EXPRESS
from tests.factories import article, event
from tests.stack.processes import until
from tests.syndicate.service import Service, syndicate

pytestmark = pytest.mark.xdist_group("stack")

LANE = 3  # one partition, so that each record stands in the way of the next


async def test_each_is_parked_once_with_its_reason_and_what_follows_is_served(
    bootstrap: str, tmp_path: Path
) -> None:
    with syndicate(tmp_path / "data", bootstrap) as service:
        await asyncio.to_thread(until, lambda: service.get("/readyz").json()["kafka"] == "up")
        last = await send_hostile_records(bootstrap)
        await asyncio.to_thread(until, lambda: last in service.get("/feeds/latest.json").text)
        assert "Tin có tiêu đề bản ghi lạ" in service.get("/feeds/latest.json").text
        await asyncio.to_thread(until, lambda: lag(service) == 0)

    parked = await dead_letters(bootstrap)
    assert sorted(letter["reason"] for letter in parked) == [
        "key_mismatch",
        "not_applied",
        "not_json",
        "not_json",
        "wrong_schema",
        "wrong_schema",
    ]
    assert len({letter["key"] for letter in parked}) == len(parked)


async def send_hostile_records(bootstrap: str) -> str:
    """Send them, then an article as it should be; give the id of that."""
    odd = event(article(headline="Tin có tiêu đề bản ghi lạ"))
    control = odd.to_bytes().replace(b"Tin c", rb"Tin\u0000c")
    good = event(article())
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True)
    async with producer:
        # Every topic that is read is compacted: Kafka itself refuses a record without a key.
        with pytest.raises(KafkaError):
            await producer.send_and_wait(EXPRESS.name, b"{}", partition=0)
        for key, value in [
            (b"not-json", b"\xff\x00 not json"),
            (b"too-deep", b"[" * 100_000),
            (b"no-article", b'{"type": "article.published"}'),
            (odd.key.encode(), control),
            (b"of-another", odd.to_bytes()),
            (b"not-a-version", None),
        ]:
            await producer.send_and_wait(ARTICLES.name, value, key=key, partition=LANE)
        await producer.send_and_wait(
            ARTICLES.name,
            odd.to_bytes(),
            key=odd.key.encode(),
            partition=LANE,
            headers=[("null", None), ("binary", b"\xff\xfe"), ("", b"")],
        )
        await producer.send_and_wait(
            ARTICLES.name, good.to_bytes(), key=good.key.encode(), partition=LANE
        )
    return str(good.article.id)


async def dead_letters(bootstrap: str) -> list[dict[str, str]]:
    """Read all of `articles.dead`."""
    consumer = AIOKafkaConsumer(
        DEAD.name, bootstrap_servers=bootstrap, auto_offset_reset="earliest"
    )
    async with consumer:
        [partition] = consumer.assignment()
        end = (await consumer.end_offsets([partition]))[partition]
        letters: list[dict[str, str]] = []
        while await consumer.position(partition) < end:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                letters += [json.loads(record.value) for record in records]
    return letters


def lag(service: Service) -> int:
    return sum(service.get("/readyz").json()["lag"].values())
