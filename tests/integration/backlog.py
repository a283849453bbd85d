"""A backlog of articles in Kafka, as ingest would have written it."""

from datetime import timedelta

from aiokafka import AIOKafkaProducer

from schemas.topics import ARTICLES
from tests.factories import NOON, article, event

UNITS = 100


async def pile_up(bootstrap: str, count: int) -> None:
    """Write `count` articles of a hundred units into `articles`."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", linger_ms=5, max_batch_size=131072
    )
    async with producer:
        for number in range(count):
            made = article(
                unit=f"B{number % UNITS:02}",
                headline=f"Tin tồn {number}",
                published=(at := NOON + timedelta(milliseconds=number)),
                updated=at,
            )
            told = event(made)
            await producer.send(
                ARTICLES.name,
                told.to_bytes(),
                key=told.record_key.encode(),
                partition=told.partition_in(ARTICLES),
            )
        await producer.flush()
