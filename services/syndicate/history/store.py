"""The feeds' articles in the order of first publication. Each function is a part of its caller's
transaction."""

from collections.abc import Iterable
from uuid import UUID

import structlog
from sqlalchemy import Connection, bindparam, delete, exists, insert, select, tuple_, update

from schemas.article import Article
from services.common.instants import microseconds
from services.syndicate.feeds.families import feeds_of
from services.syndicate.history.chain import Standing
from services.syndicate.history.node import parts_of
from services.syndicate.tables import ARTICLE, ENTRY, FEED, HISTORY

_AT_ONCE = 1000

log = structlog.get_logger()


def enter(connection: Connection, articles: Iterable[Article]) -> None:
    """Put articles into the history of each of their feeds."""
    if rows := [row for article in articles for row in _rows(article)]:
        connection.execute(insert(HISTORY), rows)


def leave(connection: Connection, articles: Iterable[Article]) -> None:
    """Take articles out of the history of each of their feeds."""
    rows = [row for article in articles for row in _rows(article)]
    if rows:
        connection.execute(
            delete(HISTORY).where(
                HISTORY.c.feed == bindparam("of"),
                HISTORY.c.published == bindparam("at"),
                HISTORY.c.article == bindparam("who"),
            ),
            [{"of": row["feed"], "at": row["published"], "who": row["article"]} for row in rows],
        )


def standing(
    connection: Connection, feed: str, limit: int, before: int | None = None
) -> list[Standing]:
    """Read the newest of a feed, or the newest of those below a key: the cost doesn't grow with the
    feed."""
    query = select(HISTORY.c.published, HISTORY.c.article, HISTORY.c.version).where(
        HISTORY.c.feed == feed
    )
    if before is not None:
        query = query.where(tuple_(HISTORY.c.published, HISTORY.c.article) < parts_of(before))
    falling = query.order_by(HISTORY.c.published.desc(), HISTORY.c.article.desc()).limit(limit)
    return [Standing(*row) for row in connection.execute(falling)]


def complete(connection: Connection) -> None:
    """Fill the history of a store from before there was one; its feeds are then rendered again, as
    each of them leads into its history now. That takes a minute for a million articles."""
    has_none = not connection.scalar(select(exists(select(HISTORY.c.feed))))
    if not has_none or not connection.scalar(select(exists(select(ENTRY.c.feed)))):
        return
    count, last = 0, UUID(int=0)
    while jsons := _after(connection, last):
        last = next(reversed(jsons))
        count += len(jsons)
        enter(connection, map(Article.model_validate_json, filter(None, jsons.values())))
    connection.execute(update(FEED).values(revision=FEED.c.revision + 1))
    log.info("history_filled", articles=count)


def _after(connection: Connection, last: UUID) -> dict[UUID, bytes | None]:
    rows = select(ARTICLE.c.id, ARTICLE.c.json).where(ARTICLE.c.id > last).order_by(ARTICLE.c.id)
    return {row.id: row.json for row in connection.execute(rows.limit(_AT_ONCE))}


def _rows(article: Article) -> list[dict[str, object]]:
    return [
        {
            "feed": feed,
            "published": microseconds(article.published),
            "article": article.id,
            "version": article.version,
        }
        for feed in feeds_of(article)
    ]
