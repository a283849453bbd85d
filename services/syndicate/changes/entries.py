"""The entries of one partner, read back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from schemas.article import Article
from schemas.partner import Entry, Kind
from services.syndicate.changes import versions
from services.syndicate.changes.shown import shown_to_partners
from services.syndicate.feeds.site import Site
from services.syndicate.partner_tables import HOLDING, PARTNER, PARTNER_ENTRY

_NEWEST = and_(
    HOLDING.c.partner == PARTNER_ENTRY.c.partner, HOLDING.c.article == PARTNER_ENTRY.c.article
)
WITH_NEWEST = select(
    PARTNER_ENTRY, HOLDING.c.seq.label("newest"), HOLDING.c.kind.label("newest_kind")
).join_from(PARTNER_ENTRY, HOLDING, _NEWEST)
"""Rows of entries, each with the seq and the kind of the newest that its partner has of the
article."""

# Of articles in one page, as they are stored: they take five times as much in memory.
_MOST_BYTES = 16 * 1024 * 1024
_SURELY_LESS = 16  # articles, which nobody needs to measure


@dataclass(frozen=True)
class Page:
    """Some entries, oldest first, and the seq after which to go on."""

    items: Sequence[Entry]
    last: int


def last_seq(connection: Connection, partner: str) -> int:
    """Give the newest seq of a partner; 0 before the first."""
    query = select(PARTNER.c.last_seq).where(PARTNER.c.code == partner)
    return connection.scalars(query).one_or_none() or 0


def page(connection: Connection, partner: str, after: int, limit: int, site: Site) -> Page:
    """Give up to `limit` entries after a seq; fewer where their texts are long. Who asks after one
    that there is not yet, as after we were restored from a backup, is told the newest that there
    is."""
    rows = connection.execute(
        WITH_NEWEST.where(PARTNER_ENTRY.c.partner == partner, PARTNER_ENTRY.c.seq > after)
        .order_by(PARTNER_ENTRY.c.seq)
        .limit(limit)
    ).all()
    items = show(connection, _bounded(connection, rows), site)
    return Page(items, items[-1].seq if items else min(after, last_seq(connection, partner)))


def show(connection: Connection, rows: Sequence[Row[Any]], site: Site) -> list[Entry]:
    """Make entries of rows of `WITH_NEWEST`; the text is that of now, or none."""
    current = [(row.article, row.version) for row in rows if _has_text(row)]
    articles = versions.articles(connection, current)
    return [_entry(row, articles.get((row.article, row.version)), site) for row in rows]


def _bounded(connection: Connection, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Take rows from the first on, for as long as their texts are not too much together."""
    current = [(row.article, row.version) for row in rows if _has_text(row)]
    if len(current) <= _SURELY_LESS:
        return rows
    sizes = versions.sizes(connection, current)
    total = 0
    for place, row in enumerate(rows):
        total += sizes.get((row.article, row.version), 0) if _has_text(row) else 0
        if place and total > _MOST_BYTES:
            return rows[:place]
    return rows


def _has_text(row: Row[Any]) -> bool:
    return bool(row.seq == row.newest and row.kind != Kind.REMOVED)


def reason_now(reason: str, seq: int, newest: int, newest_kind: str) -> str:
    """Give the reason of an entry, as long as it may be told: the note of a correction may quote a
    text that was retracted since."""
    return "" if seq < newest and newest_kind == Kind.RETRACTED else reason


def _entry(row: Row[Any], article: Article | None, site: Site) -> Entry:
    superseded = row.newest if row.newest > row.seq else None
    return Entry(
        seq=row.seq,
        id=row.article,
        version=row.version,
        kind=Kind(row.kind),
        reason=reason_now(row.reason, row.seq, row.newest, row.newest_kind),
        digest=row.digest,
        article=shown_to_partners(article, site) if article and _has_text(row) else None,
        superseded=superseded,
    )
