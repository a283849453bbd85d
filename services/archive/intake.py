"""Batches of events into the index, in a thread of its own: the event loop never waits for it."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import structlog

from schemas.article import Article
from schemas.events import ArticleEvent, RegistryEvent
from services.archive.announcing import Announcement, Announcer, indexed
from services.archive.articles.changes import Change, Erased, change_of
from services.archive.catalogue.registry import Registry, registry_key
from services.archive.engine.contract import Engine
from services.archive.together import Together
from services.common.consuming import Batch
from services.common.instants import now
from services.common.metrics import INDEXED
from services.common.trace import ids_of, tracing

T = TypeVar("T")

log = structlog.get_logger()


class Intake:
    """Takes batches; each call returns when its batch is committed and searchable."""

    def __init__(self, engine: Engine, registry: Registry, announcer: Announcer) -> None:
        self._engine = engine
        self._registry = registry
        self._announcer = announcer
        self._worker = ThreadPoolExecutor(1, "index-writer")
        self._together = Together(engine, self.in_worker, lambda: announcer.reached)

    async def take_articles(self, batch: Batch[ArticleEvent]) -> None:
        """Apply versions and tombstones."""
        changes = [change_of(item) for item in batch.items]
        taken = [(item.event, c) for item, c in zip(batch.items, changes, strict=True) if c]
        outcome = await self._together.take([change for _, change in taken])
        at = now()
        announced = [
            indexed(event, change, at)
            for (event, change), held in zip(taken, outcome.held, strict=True)
            if held and event and isinstance(change, Article)
        ]
        await self._announcer.announce(Announcement(announced, batch.next_offsets))
        for (event, change), is_new in zip(taken, outcome.effective, strict=True):
            _log(event, change, is_new=is_new)

    async def take_registry(self, batch: Batch[RegistryEvent]) -> None:
        """Take over the names of units, columns and campaigns."""
        await self.in_worker(partial(self._engine.name, records_in(batch), batch.next_offsets))
        await self.in_worker(self._registry.reload)
        for item in batch.items:
            if item.event:
                with tracing(item.event.trace):
                    log.info("registry_taken", key=item.event.key)

    async def close(self) -> None:
        """Finish the batch under way."""
        await asyncio.to_thread(self._worker.shutdown)

    async def in_worker(self, work: Callable[[], T]) -> T:
        """Do something with the index that nobody else writes meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)


def records_in(batch: Batch[RegistryEvent]) -> Mapping[str, RegistryEvent | None]:
    """Give the newest record of each key in a batch; None for one that was removed."""
    records: dict[str, RegistryEvent | None] = {}
    for item in batch.items:
        if item.event:
            records[item.event.key] = item.event
        elif key := registry_key(item.record.key):
            records[key] = None
    return records


def _log(event: ArticleEvent | None, change: Change, *, is_new: bool) -> None:
    status = "ok" if is_new else "known"
    if event is None or isinstance(change, Erased):
        log.info("version_forgotten", article=str(change.id), version=change.version, status=status)
        return
    log.info(
        "article_indexed",
        article=str(change.id),
        version=change.version,
        status=status,
        **ids_of(event.trace),  # not bound: for each of a backlog that takes as long as the line
    )
    if is_new:
        INDEXED.inc()
