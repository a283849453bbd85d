"""The feeds' articles in the order of first publication. Each function is a part of its caller's
transaction."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, insert, literal_column, select, tuple_, update

from schemas.article import Article
from services.common.instants import microseconds
from services.common.prepared import Prepared
from services.syndicate.feeds.families import feeds_of
from services.syndicate.history.chain import Standing
from services.syndicate.history.node import end_of_microsecond, key_of, parts_of
from services.syndicate.tables import CLOSED, HISTORY

_falling = select(HISTORY.c.published, HISTORY.c.article, HISTORY.c.version).order_by(
    HISTORY.c.published.desc(), HISTORY.c.article.desc()
)
_NEWEST = Prepared(
    _falling.where(HISTORY.c.feed == bindparam("of"))
    .limit(bindparam("most"))
    .offset(literal_column("0"))  # else SQLAlchemy adds a parameter of its own for SQLite
)
_the_one = CLOSED.c.id == literal_column("1")
_CLOSED = Prepared(select(CLOSED.c.published).where(_the_one))
_CLOSE = Prepared(update(CLOSED).where(_the_one).values(published=bindparam("at")))


def enter(connection: Connection, articles: Iterable[Article]) -> None:
    """Put articles into the history of each of their feeds."""
    if rows := [row for article in articles for row in _rows(article)]:
        connection.execute(insert(HISTORY), rows)
        _close(connection, max(row["published"] for row in rows))


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
    if before is None:
        rows: Iterable[Any] = _NEWEST.rows(connection, of=feed, most=limit)
    else:
        place = tuple_(HISTORY.c.published, HISTORY.c.article)
        older = _falling.where(HISTORY.c.feed == feed, place < parts_of(before)).limit(limit)
        rows = connection.execute(older)
    return [Standing(key_of(at, _number(article)), version) for at, article, version in rows]


def closed_until(connection: Connection) -> int:
    """Give the key up to which pages are closed, in every feed: also when what was published last
    is over or erased."""
    for (published,) in _CLOSED.rows(connection):
        return end_of_microsecond(key_of(published, 0))
    return 0


def _close(connection: Connection, published: int) -> None:
    rows = _CLOSED.rows(connection)
    if not rows:
        connection.execute(insert(CLOSED), {"id": 1, "published": published})
    elif rows[0][0] < published:
        _CLOSE.run(connection, at=published)


def _number(stored: str | UUID) -> int:
    """Read an id as a driver gives it, for SQLite 32 digits, or as SQLAlchemy does."""
    return stored.int if isinstance(stored, UUID) else int(stored, 16)


def _rows(article: Article) -> list[dict[str, Any]]:
    return [
        {
            "feed": feed,
            "published": microseconds(article.published),
            "article": article.id,
            "version": article.version,
        }
        for feed in feeds_of(article)
    ]
