"""Tells of each version that is in the index; beside the intake, which never waits for it.

Archive keeps nothing but its index. So the index notes a partition as taken only up to where all
was announced too: each commit carries the offsets of what was announced before it. After a stop,
in whatever way, what was taken last is taken again, which changes nothing, and announced.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.article import Article
from schemas.events import ArticleEvent, VersionShown
from schemas.topics import DELIVERIES
from services.common.ids import new_id
from services.common.metrics import OUTBOX_WAITING
from services.common.publishing import Message, Publish, message_of, publish_all
from services.common.resuming import Offsets

_BATCHES = 100  # of 500 records at most; more than that and the intake waits
_RETRY_AFTER = 1.0  # seconds


@dataclass(frozen=True)
class Announcement:
    """What is to be told of a batch, and how far its partitions are read with it."""

    messages: Sequence[Message]
    offsets: Offsets


class Announcer:
    """Publishes batch after batch, in the order in which they were committed."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._queue: asyncio.Queue[Announcement] = asyncio.Queue(_BATCHES)
        self._reached: dict[tuple[str, int], int] = {}

    @property
    def reached(self) -> Offsets:
        """How far each partition is indexed and announced, since this process runs."""
        return dict(self._reached)

    async def announce(self, announcement: Announcement) -> None:
        """Have it published soon. Call it when the batch is committed."""
        await self._queue.put(announcement)

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            announcement = await self._queue.get()
            await self._publish_until_confirmed(announcement.messages)
            self._reached |= announcement.offsets

    async def _publish_until_confirmed(self, messages: Sequence[Message]) -> None:
        while messages:
            confirmed = await publish_all(self._publish, messages)
            messages = [m for m, ok in zip(messages, confirmed, strict=True) if not ok]
            OUTBOX_WAITING.set(len(messages))
            if messages:
                await asyncio.sleep(_RETRY_AFTER)


def indexed(of: ArticleEvent, article: Article, at: datetime) -> Message:
    """Say that a version can be found since `at`."""
    event = VersionShown(
        id=new_id(),
        time=at,
        producer="archive",
        trace=of.trace,
        article=article.id,
        version=article.version,
        where="index",
    )
    return message_of(event, DELIVERIES)
