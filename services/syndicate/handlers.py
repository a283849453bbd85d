"""Events in: from Kafka's records to the store, in batches, each topic by itself."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Protocol
from uuid import UUID

import structlog
from faststream.kafka import KafkaBroker
from sqlalchemy import Connection

from schemas.events import ArticleEvent, RegistryEvent
from schemas.reading import read_article_event, read_registry_event
from schemas.topics import ARTICLES, EXPRESS, REGISTRY
from services.common.consuming import Batch, DeadLetters, Received, RecordHandler
from services.common.database import Database
from services.common.kafka import consume
from services.common.trace import tracing
from services.syndicate import positions, store
from services.syndicate.change import Change, Tombstone, article_of, erases, feeds_named
from services.syndicate.changes.emitting import Emitter
from services.syndicate.changes.entry import NewEntry
from services.syndicate.history.pages import Pages
from services.syndicate.rendering.press import Press

# In one transaction, for which express waits.
_AT_ONCE = 100
_A_BACKLOG = 3  # full batches, one after the other: there are more where they came from

log = structlog.get_logger()


class Partners(Protocol):
    """What partners are told by."""

    emitter: Emitter

    def tell(self, partners: Collection[str]) -> None:
        """Say that entries of these were stored."""

    def forget(self, articles: Collection[UUID]) -> None:
        """Drop what memory holds of these."""

    def look_again(self) -> None:
        """Say that products may have changed."""


class Intake:
    """Takes batches into the store, and tells the press and the partners."""

    def __init__(self, database: Database, press: Press, pages: Pages, partners: Partners) -> None:
        self._database = database
        self._press = press
        self._pages = pages
        self._partners = partners
        self._full_batches = 0  # one after the other

    async def take_articles(self, batch: Batch[ArticleEvent]) -> None:
        """Apply versions and tombstones; return when they are safe."""
        await self._take(batch)
        self._full_batches = self._full_batches + 1 if len(batch.items) >= _AT_ONCE else 0
        self._press.tell_changed(backlog=self._full_batches >= _A_BACKLOG)

    async def take_express(self, batch: Batch[ArticleEvent]) -> None:
        """Likewise, and have their feeds rendered before those that a backlog has changed."""
        self._press.tell_changed(first=feeds_named(await self._take(batch)))

    async def _take(self, batch: Batch[ArticleEvent]) -> Sequence[Change]:
        changes = [_change(item) for item in batch.items]
        apply = partial(self._store, changes=changes)
        effective, entries = await self._database.write(
            positions.reaching(apply, batch.next_offsets)
        )
        self._partners.tell({entry.partner for entry in entries})
        erased = {article_of(change) for change in changes if erases(change)}
        self._press.forget(erased)
        self._partners.forget(erased)
        self._pages.forget({article_of(change) for change in changes})
        for item, change, is_new in zip(batch.items, changes, effective, strict=True):
            _log(item.record.topic, change, is_new=is_new)
        return changes

    def _store(
        self, connection: Connection, changes: Sequence[Change]
    ) -> tuple[Sequence[bool], Sequence[NewEntry]]:
        effective = store.apply_changes(connection, changes)
        return effective, self._partners.emitter.take(connection, changes, effective)

    async def take_registry(self, batch: Batch[RegistryEvent]) -> None:
        """Take over the names of units, columns and campaigns."""
        events = [item.event for item in batch.items if item.event]
        apply = partial(store.apply_registry, events=events)
        await self._database.write(positions.reaching(apply, batch.next_offsets))
        self._press.tell_changed()
        self._partners.look_again()
        for event in events:
            with tracing(event.trace):
                log.info("registry_taken", key=event.key)


def subscribe(broker: KafkaBroker, intake: Intake, database: Database, store_id: str) -> None:
    """Give each topic a consumer of its own, so that express overtakes a backlog of articles.

    The group names the store, so that a new and empty one reads everything again; a backup that was
    restored reads on from where it stood.
    """
    group = f"tinbai-syndicate-{store_id}"
    park = DeadLetters(broker, "syndicate").park
    articles = RecordHandler(
        read_article_event, intake.take_articles, park_invalid=park, park_failed=park
    )
    express = RecordHandler(
        read_article_event, intake.take_express, park_invalid=park, park_failed=park
    )
    registry = RecordHandler(
        read_registry_event, intake.take_registry, park_invalid=park, park_failed=park
    )
    stored = partial(database.read, positions.stored)
    consume(broker, ARTICLES, f"{group}.{ARTICLES.name}", articles, stored, _AT_ONCE)
    consume(broker, EXPRESS, f"{group}.{EXPRESS.name}", express, stored)
    consume(broker, REGISTRY, f"{group}.{REGISTRY.name}", registry, stored)


def _change(item: Received[ArticleEvent]) -> Change:
    return item.event or _tombstone(item.record.key or b"")


def _tombstone(key: bytes) -> Tombstone:
    article, _, version = key.decode().partition(":")
    return Tombstone(UUID(article), int(version))


def _log(topic: str, change: Change, *, is_new: bool) -> None:
    status = "ok" if is_new else "known"
    match change:
        case Tombstone():
            log.info(
                "version_forgotten",
                article=str(change.article_id),
                version=change.version,
                status=status,
            )
        case ArticleEvent():
            with tracing(change.trace):
                log.info(
                    "article_taken",
                    article=str(change.article.id),
                    version=change.article.version,
                    topic=topic,
                    status=status,
                )
