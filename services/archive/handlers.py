"""Events in: each topic has a consumer that starts where the index stands."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from faststream.kafka import KafkaBroker

from schemas.reading import read_article_event, read_registry_event
from schemas.topics import ARTICLES, EXPRESS, REGISTRY, Topic
from services.archive.engine.contract import Engine, EngineFailed
from services.archive.intake import Intake
from services.common.consuming import DeadLetters, RecordHandler, pass_over
from services.common.kafka import KafkaLink, Record, consume
from services.common.resuming import Offsets

_PART = 500  # records
_AT_ONCE = 4 * _PART  # under load; few large segments of the index are less work than many
_LOOK_EVERY = 0.5  # seconds

Handle = Callable[[Sequence[Record]], Coroutine[Any, Any, None]]


async def consuming(broker: KafkaBroker, engine: Engine, intake: Intake, link: KafkaLink) -> None:
    """Consume as soon as it is known which index there is; run until cancelled."""
    while True:
        if await asyncio.to_thread(_is_known, engine):
            break
        await asyncio.sleep(_LOOK_EVERY)
    subscribe(broker, engine, intake)
    await link.run()


def _is_known(engine: Engine) -> bool:
    try:
        return bool(engine.id)
    except EngineFailed:
        return False


def subscribe(broker: KafkaBroker, engine: Engine, intake: Intake) -> None:
    """Give each topic a consumer of its own, so that express overtakes a backlog of articles.

    syndicate parks the records that break their contract, so here they are only passed over.
    """
    park = DeadLetters(broker, "archive").park
    for topic in (ARTICLES, EXPRESS):
        articles = RecordHandler(
            read_article_event, intake.take_articles, park_invalid=pass_over, park_failed=park
        )
        _consume(broker, engine, topic, in_parts(articles))
    registry = RecordHandler(
        read_registry_event, intake.take_registry, park_invalid=pass_over, park_failed=park
    )
    _consume(broker, engine, REGISTRY, registry)


def in_parts(handle: Handle) -> Handle:
    """Have records read part by part: while one is being written the next is read, and what was
    read meanwhile is written in one commit. If one fails, none after it is told of."""

    async def handle_parts(records: Sequence[Record]) -> None:
        async with asyncio.TaskGroup() as parts:
            for start in range(0, len(records), _PART):
                parts.create_task(handle(records[start : start + _PART]))

    return handle_parts


def _consume(broker: KafkaBroker, engine: Engine, topic: Topic, handle: Handle) -> None:
    async def stored() -> Offsets:
        return await asyncio.to_thread(lambda: engine.offsets)

    group = f"tinbai-archive-{engine.id}.{topic.name}"
    consume(broker, topic, group, handle, stored, _AT_ONCE)
