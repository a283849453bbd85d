"""What the press reads, and what it keeps. Each function is a part of its caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from services.syndicate.feeds.binding import Document
from services.syndicate.moments import Moment
from services.syndicate.tables import ARTICLE, DOCUMENT, ENTRY, FEED, WENT_LIVE


@dataclass(frozen=True)
class Feed:
    """A feed that is known, and the number of its last change."""

    name: str
    title: str | None
    revision: int


@dataclass(frozen=True)
class Window:
    """The newest entries of a feed: (article, version), as of `revision`."""

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


def window(connection: Connection, feed: str, size: int) -> Window:
    """Read the newest entries of a feed, by their key: the cost doesn't grow with the feed."""
    revision = connection.scalars(select(FEED.c.revision).where(FEED.c.name == feed)).one()
    newest = (
        select(ENTRY.c.article, ENTRY.c.version)
        .where(ENTRY.c.feed == feed)
        .order_by(ENTRY.c.place.desc(), ENTRY.c.article.desc())
        .limit(size)
    )
    entries = [(row.article, row.version) for row in connection.execute(newest)]
    return Window(revision, entries)


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
