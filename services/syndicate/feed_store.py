"""What the press reads, and what it keeps. Each function is a part of its caller's transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from services.syndicate.feeds.binding import Document
from services.syndicate.tables import ARTICLE, DOCUMENT, EDITION, ENTRY, FEED
from services.syndicate.window import Periods, Standing, most_notices, shown

_FOR_EVER = Periods()


@dataclass(frozen=True)
class Feed:
    """A feed that is known, and the number of its last change."""

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
    return connection.scalars(select(FEED.c.name).where(FEED.c.name == feed)).first() is not None


def window(connection: Connection, feed: str, size: int, periods: Periods = _FOR_EVER) -> Window:
    """Read what a feed shows in the present edition."""
    revision = connection.scalars(select(FEED.c.revision).where(FEED.c.name == feed)).one()
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
    query = (
        select(ENTRY.c.place, ENTRY.c.article, ENTRY.c.version, ENTRY.c.notice)
        .where(ENTRY.c.feed == feed, ENTRY.c.notice == notice)
        .order_by(ENTRY.c.place.desc(), ENTRY.c.article.desc())
        .limit(most)
    )
    if too_old:
        query = query.where(ENTRY.c.place > too_old)
    return [Standing(*row) for row in connection.execute(query)]


def hour(connection: Connection) -> datetime | None:
    """Tell the hour of the present edition; nothing before the first."""
    return connection.scalars(select(EDITION.c.hour)).one_or_none()


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


def save_proofs(connection: Connection, made: Sequence[Proof]) -> None:
    """Keep what is served now."""
    connection.execute(delete(DOCUMENT).where(DOCUMENT.c.feed.in_([p.feed for p in made])))
    connection.execute(
        insert(DOCUMENT),
        [
            {**vars(document), "feed": p.feed, "revision": p.revision}
            for p in made
            for document in p.documents
        ],
    )
