"""Every released version, as Kafka's log has it. Each function is a part of its caller's
transaction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, func, insert, select, tuple_, update

from schemas.article import Article, Erasure
from schemas.events import ArticleEvent
from services.common.instants import now
from services.syndicate.change import Change, Tombstone
from services.syndicate.changes.shown import digest_of, shown_to_partners
from services.syndicate.feeds.site import Site
from services.syndicate.partner_tables import PARTNER_ENTRY, VERSION

Key = tuple[UUID, int]
"""An article's id and a version."""


def keep(connection: Connection, articles: Iterable[Article], site: Site) -> dict[Key, str]:
    """Keep versions that are not kept yet; give the digest of each."""
    by_key = {(article.id, article.version): article for article in articles}
    known = digests(connection, by_key)
    made = {
        key: digest_of(shown_to_partners(article, site))
        for key, article in by_key.items()
        if key not in known
    }
    rows = [
        {
            "article": article,
            "version": version,
            "json": by_key[article, version].model_dump_json().encode(),
            "digest": digest,
            "at": by_key[article, version].updated,
        }
        for (article, version), digest in made.items()
    ]
    if rows:
        connection.execute(insert(VERSION), rows)
    return known | made


def digests(connection: Connection, keys: Iterable[Key]) -> dict[Key, str]:
    """Give the digests of those that are kept."""
    wanted = set(keys)
    query = select(VERSION.c.article, VERSION.c.version, VERSION.c.digest)
    query = query.where(VERSION.c.article.in_({article for article, _ in wanted}))
    found = {(row.article, row.version): row.digest for row in connection.execute(query)}
    return {key: digest for key, digest in found.items() if key in wanted}


def sizes(connection: Connection, keys: Sequence[Key]) -> dict[Key, int]:
    """Give how many bytes versions take as they are stored, but for those that were erased."""
    query = select(VERSION.c.article, VERSION.c.version, func.length(VERSION.c.json)).where(
        tuple_(VERSION.c.article, VERSION.c.version).in_(keys),
        VERSION.c.json.is_not(None),
    )
    return {(article, version): size for article, version, size in connection.execute(query)}


def articles(connection: Connection, keys: Sequence[Key]) -> Mapping[Key, Article]:
    """Give versions, but for those that were erased."""
    query = select(VERSION.c.article, VERSION.c.version, VERSION.c.json).where(
        tuple_(VERSION.c.article, VERSION.c.version).in_(keys),
        VERSION.c.json.is_not(None),
    )
    rows = connection.execute(query)
    return {(row.article, row.version): Article.model_validate_json(row.json) for row in rows}


def forget(connection: Connection, erased: Change) -> None:
    """Forget the text of a version, or of all versions, and what was told of it. That they were
    there stays known, so that one which comes late from an old log is not kept."""
    match erased:
        case Tombstone(article_id=article, version=version):
            _forget(connection, article, {version: ""})
        case ArticleEvent(article=Article(id=article, erased=Erasure(versions=all_of_them))):
            _forget(connection, article, {each.version: each.digest for each in all_of_them})


def _forget(connection: Connection, article: UUID, gone: Mapping[int, str]) -> None:
    known = set(connection.scalars(select(VERSION.c.version).where(VERSION.c.article == article)))
    texts: tuple[tuple[Table, Mapping[str, Any]], ...] = (
        (VERSION, {"json": None}),
        (PARTNER_ENTRY, {"reason": ""}),
    )
    for table, emptied in texts:
        mine = (table.c.article == article, table.c.version.in_(gone))
        connection.execute(update(table).where(*mine).values(emptied))
    new = [
        {"article": article, "version": version, "json": None, "digest": digest, "at": now()}
        for version, digest in gone.items()
        if version not in known
    ]
    if new:
        connection.execute(insert(VERSION), new)
