"""Batches of events into the index, in a thread of its own: the event loop never waits for it."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar
from uuid import UUID

import structlog
from tantivy import Document, Query

from schemas.events import ArticleEvent, RegistryEvent
from services.archive.changes import Change, Erased, apply, change_of
from services.archive.documents import SCHEMA, article_documents, histories_in
from services.archive.history import History
from services.archive.index import Index, Offsets, records
from services.archive.registry import Registry, registry_documents, registry_key
from services.common.consuming import Batch
from services.common.metrics import INDEXED
from services.common.trace import tracing

T = TypeVar("T")

log = structlog.get_logger()


class Intake:
    """Takes batches; each call returns when its batch is committed and searchable."""

    def __init__(self, index: Index, registry: Registry) -> None:
        self._index = index
        self._registry = registry
        self._worker = ThreadPoolExecutor(1, "index-writer")

    async def take_articles(self, batch: Batch[ArticleEvent]) -> None:
        """Apply versions and tombstones."""
        changes = [change_of(item) for item in batch.items]
        effective = await self.in_worker(
            partial(take_changes, self._index, [c for c in changes if c], batch.next_offsets)
        )
        outcomes = iter(effective)
        for item, change in zip(batch.items, changes, strict=True):
            if change is not None:
                _log(item.event, change, is_new=next(outcomes))

    async def take_registry(self, batch: Batch[RegistryEvent]) -> None:
        """Take over the names of units, columns and campaigns."""
        documents: dict[str, list[Document]] = {}
        for item in batch.items:
            if item.event:
                documents[item.event.key] = registry_documents(item.event)
            elif key := registry_key(item.record.key):
                documents[key] = []
        await self.in_worker(partial(self._index.replace, documents, batch.next_offsets))
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


def take_changes(index: Index, changes: Sequence[Change], offsets: Offsets) -> list[bool]:
    """Commit `changes` with `offsets`; give for each change whether it had an effect."""
    known = _histories(index, {change.id for change in changes})
    changed, effective = apply(known, changes)
    documents = {str(id_): article_documents(id_, history) for id_, history in changed.items()}
    index.replace(documents, offsets)
    return effective


def _histories(index: Index, ids: set[UUID]) -> dict[UUID, History]:
    query = Query.term_set_query(SCHEMA, "key", [str(id_) for id_ in ids])
    return histories_in(records(index.searcher(), query))


def _log(event: ArticleEvent | None, change: Change, *, is_new: bool) -> None:
    status = "ok" if is_new else "known"
    if event is None or isinstance(change, Erased):
        log.info("version_forgotten", article=str(change.id), version=change.version, status=status)
        return
    with tracing(event.trace):
        log.info("article_indexed", article=str(change.id), version=change.version, status=status)
    if is_new:
        INDEXED.inc()
