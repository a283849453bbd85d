"""Finishes erasures: what no transaction reaches. Every step may be done again."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog
from aiokafka.errors import KafkaError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from services.common.database import Database, Overloaded, what_happened
from services.common.instants import now
from services.common.kafka import KafkaLink
from services.common.media import MediaStore, StoreError
from services.common.tasks import woken
from services.ingest.erasing import erasure
from services.ingest.erasing.dead_letters import DeadLetters
from services.ingest.erasing.erasure import Erasing
from services.ingest.relaying import outbox

# Kafka is asked for so long at a time.
_KAFKA_WITHIN = 120.0  # seconds
_SOON = 1.0  # seconds, while Kafka has not confirmed everything
_EVERY = 60.0  # seconds: what others park late is found within that
_RETRY_AFTER = 5.0  # seconds
# A second tombstone is behind all that could still have been under way when the first was sent, and
# it closes the segment that holds the first, in a partition where nothing else may happen for
# long: Kafka cleans closed segments only. By then the segment is older than `segment.ms`.
_AGAIN_AFTER = timedelta(days=1)

log = structlog.get_logger()


class Eraser:
    """Runs when an article was erased, and now and then. The table says what is left to do."""

    def __init__(
        self,
        database: Database,
        link: KafkaLink,
        dead_letters: DeadLetters,
        media: MediaStore,
        wake_relay: Callable[[], None],
    ) -> None:
        self._database = database
        self._media = media
        self._wake_relay = wake_relay
        self._link = link
        self._dead_letters = dead_letters
        self._wanted = asyncio.Event()

    def want(self) -> None:
        """Say that there is an article to erase."""
        self._wanted.set()

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            patience = _EVERY
            try:
                patience = await self.go_on()
            except (KafkaError, OSError, StoreError, SQLAlchemyError, Overloaded) as error:
                log.warning("erasure_interrupted", error=what_happened(error))
                patience = _RETRY_AFTER
            await woken(self._wanted, patience)
            self._wanted.clear()

    async def go_on(self) -> float:
        """Do what can be done now; say after how many seconds to look again."""
        await self._clean([e for e in await self._unfinished() if e.cleaned is None])
        erased = await self._database.read(erasure.every_article)
        if not erased or self._link.state == "down":
            return _EVERY
        open_ = await self._unfinished()
        again = [e for e in open_ if e.sent and now() - e.sent >= _AGAIN_AFTER]
        async with asyncio.timeout(_KAFKA_WITHIN):
            await self._dead_letters.bury(erased, close_segment=bool(again))
        await self._database.write(partial(_note_sent, erasings=open_))
        if again:
            await self._database.write(partial(_repeat, erasings=again))
            self._wake_relay()
        unsent = any(e.sent is None for e in await self._unfinished())
        return _SOON if unsent else _EVERY

    async def _unfinished(self) -> list[Erasing]:
        return await self._database.read(erasure.unfinished)

    async def _clean(self, erasings: Sequence[Erasing]) -> None:
        """Leave no byte of these in the folder and in the database's files."""
        if not erasings:
            return
        files = [each for e in erasings for each in e.media]
        gone = await self._database.read(partial(erasure.files_gone_for_good, files=files))
        for each in gone:
            await self._media.delete(each)
        await self._database.forget()
        articles = [e.article for e in erasings]
        await self._database.write(
            partial(erasure.note, articles=articles, step="cleaned", now=now())
        )
        log.info("erasures_cleaned", articles=[str(each) for each in articles], files=len(gone))


def _note_sent(conn: Connection, erasings: Sequence[Erasing]) -> None:
    sent = [e.article for e in erasings if e.sent is None and outbox.is_sent(conn, e.article)]
    if sent:
        erasure.note(conn, sent, "sent", now())


def _repeat(conn: Connection, erasings: Sequence[Erasing]) -> None:
    for each in erasings:
        outbox.repeat_tombstones(conn, each.article)
    erasure.note(conn, [e.article for e in erasings], "done", now())
