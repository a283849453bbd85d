"""Batches of events into the index, in a thread of its own: the event loop never waits for it."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from uuid import UUID

import structlog
from tantivy import Document, Query

from schemas.article import Article
from schemas.events import ArticleEvent, RegistryEvent
from services.archive.announcing import Announcement, Announcer, indexed
from services.archive.changes import Change, Erased, apply, change_of
from services.archive.documents import SCHEMA, article_documents, histories_in
from services.archive.history import History
from services.archive.index import Index, records
from services.archive.registry import Registry, registry_documents, registry_key
from services.common.consuming import Batch
from services.common.instants import now
from services.common.metrics import INDEXED
from services.common.resuming import Offsets
from services.common.trace import tracing

T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True)
class Outcome:
    """What a batch did: an entry for each of its changes."""

    effective: Sequence[bool]
    """Whether it changed anything."""
    held: Sequence[bool]
    """Whether its version is in the index now."""


class Intake:
    """Takes batches; each call returns when its batch is committed and searchable."""

    def __init__(self, index: Index, registry: Registry, announcer: Announcer) -> None:
        self._index = index
        self._registry = registry
        self._announcer = announcer
        self._worker = ThreadPoolExecutor(1, "index-writer")

    async def take_articles(self, batch: Batch[ArticleEvent]) -> None:
        """Apply versions and tombstones."""
        changes = [change_of(item) for item in batch.items]
        taken = [(item.event, c) for item, c in zip(batch.items, changes, strict=True) if c]
        outcome = await self.in_worker(
            partial(take_changes, self._index, [c for _, c in taken], self._announcer.reached)
        )
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


def take_changes(index: Index, changes: Sequence[Change], offsets: Offsets) -> Outcome:
    """Commit `changes` with `offsets`; say what each change did."""
    known = _histories(index, {change.id for change in changes})
    changed, effective = apply(known, changes)
    documents = {str(id_): article_documents(id_, history) for id_, history in changed.items()}
    index.replace(documents, offsets)
    histories = {**known, **changed}
    held = [histories.get(each.id, {}).get(each.version) is not None for each in changes]
    return Outcome(effective, held)


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
