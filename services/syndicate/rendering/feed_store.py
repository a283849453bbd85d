"""What the press reads, and what it keeps. Each function is a part of its caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, func, insert, literal_column, select

from services.common.instants import instant
from services.common.prepared import Prepared
from services.syndicate.feeds.binding import Document
from services.syndicate.rendering.window import Periods, Standing, most_notices, shown
from services.syndicate.serving.moments import Moment
from services.syndicate.tables import ARTICLE, DOCUMENT, EDITION, ENTRY, FEED, WENT_LIVE

_FOR_EVER = Periods()

_SINCE = Prepared(
    select(FEED).where(FEED.c.revision > bindparam("known")).order_by(FEED.c.revision)
)
_LAST = Prepared(select(func.max(FEED.c.revision)))
_REVISION = Prepared(select(FEED.c.revision).where(FEED.c.name == bindparam("of")))
_NEWEST = Prepared(
    select(ENTRY.c.place, ENTRY.c.article, ENTRY.c.version)
    .where(
        ENTRY.c.feed == bindparam("of"),
        ENTRY.c.notice == bindparam("is_notice"),
        ENTRY.c.place > bindparam("after"),
    )
    .order_by(ENTRY.c.place.desc(), ENTRY.c.article.desc())
    .limit(bindparam("most"))
    .offset(literal_column("0"))  # else SQLAlchemy adds a parameter of its own for SQLite
)
_HOUR = Prepared(select(EDITION.c.hour).where(EDITION.c.id == literal_column("1")))

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Feed:
    """A feed that is known, and the number of its last change: of all changes, not of its own."""

    name: str
    title: str | None
    revision: int


@dataclass(frozen=True)
class Window:
    """What a feed shows: (article, version), as of `revision`."""

    revision: int
    entries: Sequence[tuple[UUID, int]]


@dataclass(frozen=True)
class Proof:
    """A feed as rendered, and which of its revisions that is."""

    feed: str
    revision: int
    documents: Sequence[Document]


def feeds(connection: Connection) -> list[Feed]:
    """Give every feed that is known."""
    return [Feed(*row) for row in connection.execute(select(FEED).order_by(FEED.c.name))]


def is_known(connection: Connection, feed: str) -> bool:
    """Tell whether there is such a feed."""
    return bool(_REVISION.rows(connection, of=feed))


def feeds_since(connection: Connection, revision: int) -> list[Feed]:
    """Give the feeds that have changed since, by an index: the one that changed last is last."""
    return [Feed(*row) for row in _SINCE.rows(connection, known=revision)]


def newest_revision(connection: Connection) -> int:
    """Give the number of the last change. There is one writer at a time, so that who adds to it has
    the next."""
    [(newest,)] = _LAST.rows(connection)
    return newest or 0


def window(connection: Connection, feed: str, size: int, periods: Periods = _FOR_EVER) -> Window:
    """Read what a feed shows in the present edition."""
    [(revision,)] = _REVISION.rows(connection, of=feed)
    entries = standing(connection, feed, size, periods)
    return Window(revision, [(each.article, each.version) for each in entries])


def standing(connection: Connection, feed: str, size: int, periods: Periods) -> list[Standing]:
    """Read what a feed shows, by its key: the cost doesn't grow with the feed."""
    now = hour(connection)

    def newest(most: int, *, notice: bool) -> list[Standing]:
        too_old = periods.too_old(now, notice=notice)
        return entries(connection, feed, most, too_old, notice=notice)

    articles = newest(size, notice=False)
    return shown(articles, newest(most_notices(size), notice=True), size)


def entries(
    connection: Connection, feed: str, most: int, too_old: datetime | None, *, notice: bool
) -> list[Standing]:
    """Read the newest entries of one kind."""
    rows = _NEWEST.rows(
        connection, of=feed, is_notice=notice, after=too_old or _BEFORE_ALL, most=most
    )
    return [
        Standing(instant(place), _uuid(article), version, notice)
        for place, article, version in rows
    ]


def hour(connection: Connection) -> datetime | None:
    """Tell the hour of the present edition; nothing before the first."""
    for (begun,) in _HOUR.rows(connection):
        return instant(begun)
    return None


# In every feed that it is in, and each time that one of these changes, an article's id is the same.
@lru_cache(maxsize=50_000)
def _uuid(stored: str | UUID) -> UUID:
    """Read an id as a driver gives it: SQLite's gives 32 digits."""
    return stored if isinstance(stored, UUID) else UUID(stored)


def articles(connection: Connection, ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Give articles as JSON; those whose text was erased are missing."""
    rows = select(ARTICLE.c.id, ARTICLE.c.json).where(
        ARTICLE.c.id.in_(ids), ARTICLE.c.json.is_not(None)
    )
    return {row.id: row.json for row in connection.execute(rows)}


def proofs(connection: Connection) -> list[Proof]:
    """Give what was served last."""
    saved: dict[tuple[str, int], list[Document]] = {}
    for row in connection.execute(select(DOCUMENT)):
        document = Document(row.path, row.media_type, row.etag, row.body)
        saved.setdefault((row.feed, row.revision), []).append(document)
    return [Proof(feed, revision, documents) for (feed, revision), documents in saved.items()]


def moments(connection: Connection) -> dict[str, tuple[str, Moment]]:
    """Tell since when what was served last had been served: by path, with its ETag."""
    rows = connection.execute(select(WENT_LIVE))
    return {row.path: (row.etag, Moment(row.second, row.alone)) for row in rows}


def save_proofs(
    connection: Connection, made: Sequence[Proof], went_live: Mapping[str, Moment]
) -> None:
    """Keep what is served now, and since when."""
    connection.execute(delete(DOCUMENT).where(DOCUMENT.c.feed.in_([p.feed for p in made])))
    connection.execute(
        insert(DOCUMENT),
        [
            {**vars(document), "feed": p.feed, "revision": p.revision}
            for p in made
            for document in p.documents
        ],
    )
    documents = [document for p in made for document in p.documents]
    connection.execute(delete(WENT_LIVE).where(WENT_LIVE.c.path.in_([d.path for d in documents])))
    rows = [
        {"path": d.path, "etag": d.etag, **vars(went_live[d.path])}
        for d in documents
        if d.path in went_live
    ]
    if rows:
        connection.execute(insert(WENT_LIVE), rows)
