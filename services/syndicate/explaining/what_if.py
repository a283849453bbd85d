"""A product that isn't saved, run over what was released in the last days."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import Connection, Select, select, tuple_

from schemas.article import Article
from schemas.partner import Product
from services.common.database import Database
from services.common.instants import now
from services.syndicate.explaining.comparing import Comparison
from services.syndicate.explaining.stored_product import stored_product
from services.syndicate.partner_tables import SUCCESSION, VERSION
from services.syndicate.products.deciding import Prepared, prepare
from services.syndicate.products.successors import successors_of

_AT_ONCE = 200  # articles in one reading, which others who read wait for
_MOST = 20_000  # articles; a few seconds' work

_Place = tuple[datetime, UUID, int]
_PLACE = tuple_(VERSION.c.at, VERSION.c.article, VERSION.c.version)


@dataclass(frozen=True)
class Asked:
    """What is to be found out."""

    product: Product
    partner: str | None
    """Whose present product it is compared with; nothing for a partner that there is not yet."""
    days: int
    examples: int


@dataclass(frozen=True)
class Found:
    """What was found out, looking back to `since`."""

    comparison: Comparison
    since: datetime
    complete: bool
    """Whether all articles of these days were looked at; else only the newest of them."""


async def run(database: Database, asked: Asked) -> Found | None:
    """Look at the newest version of each article that has one of these days, the newest first.
    Gives nothing where there is no such partner."""
    since = now() - timedelta(days=asked.days)
    comparison = await database.read(partial(_begin, asked=asked))
    if comparison is None:
        return None
    before: _Place | None = None
    while comparison.looked_at < _MOST:
        look = partial(_look, comparison=comparison, since=since, before=before)
        if (before := await database.read(look)) is None:
            return Found(comparison, since, complete=True)
    assert before
    return Found(comparison, before[0], complete=False)


def _begin(connection: Connection, asked: Asked) -> Comparison | None:
    present: Prepared | None = None
    if asked.partner is not None:
        if (stored := stored_product(connection, asked.partner)) is None:
            return None
        present = stored.prepared
    succeeds = {
        row.unit: json.loads(row.succeeds) for row in connection.execute(select(SUCCESSION))
    }
    prepared = prepare(asked.partner or "", asked.product, successors_of(succeeds))
    return Comparison(present, prepared, asked.examples)


def _look(
    connection: Connection, comparison: Comparison, since: datetime, before: _Place | None
) -> _Place | None:
    """Look at some, in the thread that reads them; give the place of the last, or nothing if there
    are no more."""
    query = _newest_versions(since)
    if before is not None:
        query = query.where(before > _PLACE)
    rows = connection.execute(query).all()
    comparison.take(Article.model_validate_json(json) for *_, json in rows)
    if len(rows) < _AT_ONCE:
        return None
    at, article, version, _ = rows[-1]
    return at, article, version


def _newest_versions(since: datetime) -> Select[datetime, UUID, int, bytes]:
    newer = VERSION.alias()
    has_newer = (
        select(newer.c.version)
        .where(newer.c.article == VERSION.c.article, newer.c.version > VERSION.c.version)
        .exists()
    )
    columns = (VERSION.c.at, VERSION.c.article, VERSION.c.version, VERSION.c.json)
    return (
        select(*columns)
        .where(VERSION.c.at >= since, VERSION.c.json.is_not(None), ~has_newer)
        .order_by(VERSION.c.at.desc(), VERSION.c.article.desc(), VERSION.c.version.desc())
        .limit(_AT_ONCE)
    )
