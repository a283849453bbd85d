"""What syndicate keeps of events. Each function is a part of its caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from secrets import token_hex
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from schemas.article import Article
from schemas.events import ColumnChanged, RegistryEvent
from schemas.registry import Column
from services.common.instants import now
from services.syndicate.announcing import listing
from services.syndicate.change import (
    Change,
    Held,
    article_of,
    feeds_named,
    feeds_touched,
    forgotten,
    settle,
)
from services.syndicate.feeds.families import feeds_of, named_feed, place
from services.syndicate.forgetting import note_forgotten
from services.syndicate.history import store as history
from services.syndicate.lists import store as list_store
from services.syndicate.partner_tables import MEDIA_TOPIC
from services.syndicate.partners import registry
from services.syndicate.rendering import feed_store
from services.syndicate.tables import ARTICLE, ENTRY, FEED, IDENTITY


def identity(connection: Connection) -> str:
    """Tell this store from any that was there before it; Kafka's offsets belong to one store."""
    known: str | None = connection.scalars(select(IDENTITY.c.id)).one_or_none()
    if known:
        return known
    made = token_hex(4)
    connection.execute(insert(IDENTITY), {"id": made})
    return made


def apply_changes(connection: Connection, changes: Sequence[Change]) -> Sequence[bool]:
    """Apply changes in order; say of each whether it changed anything."""
    before = _held(connection, {article_of(change) for change in changes})
    outcome = settle(before, changes)
    _forget(connection, {i: before[i] for i in outcome.held if i in before})
    _keep(connection, outcome.held)
    know(connection, feeds_named(changes))
    touched = feeds_touched(before, outcome)
    touch(connection, touched)
    if "latest" in touched:
        list_store.touch(connection, list_store.SITEMAP)
    note_forgotten(connection, forgotten(outcome))
    listing.note(connection, changes, outcome.effective, feed_store.newest_revision(connection))
    return outcome.effective


def apply_registry(connection: Connection, events: Collection[RegistryEvent]) -> None:
    """Take over names, successions and topics. A feed that was there under another name is spoken
    of in others too, as author or category, so all are rendered again; that is rare."""
    registry.follow(connection, events, now())
    renamed = False
    for event in events:
        name, title = named_feed(event)
        if isinstance(event, ColumnChanged):
            _keep_topic(connection, event.column)
        known = connection.execute(select(FEED.c.title).where(FEED.c.name == name)).first()
        if known is None:
            know(connection, [name], title)
        elif known.title != title:
            connection.execute(update(FEED).where(FEED.c.name == name).values(title=title))
            renamed = True
    if renamed:
        touch_all(connection)
        list_store.touch(connection, list_store.CATALOGUE)


def _keep_topic(connection: Connection, column: Column) -> None:
    """Take over what a column is about. Documents for partners say it, and change with it."""
    of_column = MEDIA_TOPIC.c.column == column.slug
    known = connection.scalars(select(MEDIA_TOPIC.c.topic).where(of_column)).one_or_none()
    if known == column.media_topic:
        return
    connection.execute(delete(MEDIA_TOPIC).where(of_column))
    if column.media_topic:
        connection.execute(
            insert(MEDIA_TOPIC), {"column": column.slug, "topic": column.media_topic}
        )
    list_store.touch(connection, list_store.CATALOGUE)


def know(connection: Connection, names: Collection[str], title: str | None = None) -> None:
    """Make feeds known that were not: they are there from now on, if only empty."""
    if not names:
        return
    known = set(connection.scalars(select(FEED.c.name).where(FEED.c.name.in_(names))))
    if new := sorted(set(names) - known):
        revision = feed_store.newest_revision(connection) + 1
        rows = [{"name": name, "title": title, "revision": revision} for name in new]
        connection.execute(insert(FEED), rows)
        list_store.touch(connection, list_store.CATALOGUE)


def _held(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Held]:
    rows = connection.execute(select(ARTICLE).where(ARTICLE.c.id.in_(ids)))
    return {
        row.id: Held(row.version, Article.model_validate_json(row.json) if row.json else None)
        for row in rows
    }


def _forget(connection: Connection, held: Mapping[UUID, Held]) -> None:
    if not held:
        return
    connection.execute(delete(ARTICLE).where(ARTICLE.c.id.in_(held)))
    history.leave(connection, _articles(held))
    if rows := _entries(held):
        connection.execute(
            delete(ENTRY).where(
                ENTRY.c.feed == bindparam("of"),
                ENTRY.c.notice == bindparam("is_notice"),
                ENTRY.c.place == bindparam("at"),
                ENTRY.c.article == bindparam("who"),
            ),
            [
                {
                    "of": row["feed"],
                    "is_notice": row["notice"],
                    "at": row["place"],
                    "who": row["article"],
                }
                for row in rows
            ],
        )


def _keep(connection: Connection, held: Mapping[UUID, Held]) -> None:
    if not held:
        return
    connection.execute(
        insert(ARTICLE),
        [
            {
                "id": article,
                "version": state.version,
                "json": state.article and state.article.model_dump_json().encode(),
            }
            for article, state in held.items()
        ],
    )
    if rows := _entries(held):
        connection.execute(insert(ENTRY), rows)
    history.enter(connection, _articles(held))


def _articles(held: Mapping[UUID, Held]) -> list[Article]:
    return [state.article for state in held.values() if state.article]


def _entries(held: Mapping[UUID, Held]) -> list[dict[str, object]]:
    return [
        {
            "feed": feed,
            "notice": state.article.canceled,
            "place": place(state.article),
            "article": state.article.id,
            "version": state.version,
        }
        for state in held.values()
        if state.article
        for feed in feeds_of(state.article)
    ]


def touch(connection: Connection, names: Collection[str]) -> None:
    """Say that these feeds look different now."""
    if names:
        revision = feed_store.newest_revision(connection) + 1
        connection.execute(update(FEED).where(FEED.c.name.in_(names)).values(revision=revision))


def touch_all(connection: Connection) -> None:
    """Say that all feeds look different now."""
    revision = feed_store.newest_revision(connection) + 1
    connection.execute(update(FEED).values(revision=revision))
