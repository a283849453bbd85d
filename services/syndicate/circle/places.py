"""Where partners say that a retracted article stands. Each function is a part of its caller's
transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from services.syndicate.circle.sightings import Sighting, next_look
from services.syndicate.partner_tables import ACKNOWLEDGEMENT, PLACE, TAKEDOWN

MOST = 5
"""Addresses of one article at one partner; further ones are not looked at."""

# Whoever looks is done by then, or dead.
LEASE = timedelta(minutes=1)


Of = tuple[str, UUID]
"""A partner, and an article."""


def take_over(connection: Connection, wanted: Collection[Of]) -> None:
    """Keep the newest addresses that partners named before the retractions of articles."""
    said = ACKNOWLEDGEMENT.c
    query = (
        select(said.partner, said.article, said.url)
        .where(said.article.in_({article for _, article in wanted}), said.url.is_not(None))
        .group_by(said.partner, said.article, said.url)
        .order_by(func.max(said.seq).desc())
    )
    named: dict[Of, list[str]] = {}
    for partner, article, url in connection.execute(query):
        named.setdefault((partner, article), []).append(url)
    add(connection, {of: named[of] for of in wanted if of in named})


def add(connection: Connection, named: Mapping[Of, Sequence[str]]) -> None:
    """Keep addresses, as far as there is room."""
    known: dict[Of, set[str]] = {}
    theirs = PLACE.c.partner.in_({partner for partner, _ in named})
    articles = PLACE.c.article.in_({article for _, article in named})
    for row in connection.execute(select(PLACE).where(articles, theirs)):
        known.setdefault((row.partner, row.article), set()).add(row.url)
    rows = [
        {
            "partner": of[0],
            "article": of[1],
            "url": url,
            "host": str(urlsplit(url).hostname),
            "looks": 0,
            "detail": "",
        }
        for of, urls in named.items()
        for url in _new(urls, known.get(of, set()))
    ]
    if rows:
        connection.execute(insert(PLACE), rows)


def _new(urls: Sequence[str], known: set[str]) -> list[str]:
    return [url for url in urls if url not in known][: max(MOST - len(known), 0)]


def look_soon(connection: Connection, partner: str, article: UUID, at: datetime) -> None:
    """Have all addresses of an article at a partner looked at, as if for the first time."""
    mine = (PLACE.c.article == article, PLACE.c.partner == partner)
    connection.execute(update(PLACE).where(*mine).values(look_at=at, looks=0))


def look_again(connection: Connection, article: UUID, at: datetime) -> int:
    """Have all addresses of an article looked at, as if for the first time; say how many."""
    all_of_them = update(PLACE).where(PLACE.c.article == article)
    return connection.execute(all_of_them.values(look_at=at, looks=0)).rowcount


def is_due(connection: Connection, at: datetime) -> bool:
    """Whether anything is to be looked at."""
    return connection.execute(_due(at).limit(1)).first() is not None


def claim(connection: Connection, at: datetime, most: int) -> Sequence[Row[Any]]:
    """Take what is due, one place of a host at a time, whichever process looks: rows of `PLACE`
    with `had`, the version to look for."""
    turn = func.row_number().over(
        partition_by=PLACE.c.host, order_by=(PLACE.c.look_at, PLACE.c.seq)
    )
    due = _due(at).add_columns(turn.label("turn")).subquery()
    first = select(due.c.seq).where(due.c.turn == 1).order_by(due.c.look_at, due.c.seq).limit(most)
    seqs = connection.scalars(first).all()
    if not seqs:
        return []
    taken = update(PLACE).where(PLACE.c.seq.in_(seqs))
    connection.execute(taken.values(claimed_until=at + LEASE))
    of = and_(TAKEDOWN.c.partner == PLACE.c.partner, TAKEDOWN.c.article == PLACE.c.article)
    query = select(PLACE, TAKEDOWN.c.had).join_from(PLACE, TAKEDOWN, of)
    return connection.execute(query.where(PLACE.c.seq.in_(seqs)).order_by(PLACE.c.seq)).all()


def saw(connection: Connection, place: Row[Any], sighting: Sighting, at: datetime) -> None:
    """Keep what was seen, and when to look again. What the partner said meanwhile stands."""
    mine = update(PLACE).where(PLACE.c.seq == place.seq)
    connection.execute(
        mine.values(seen=sighting.seen, seen_at=at, detail=sighting.detail, claimed_until=None)
    )
    looks = place.looks + 1
    same_occasion = (PLACE.c.look_at == place.look_at, PLACE.c.looks == place.looks)
    connection.execute(
        mine.where(*same_occasion).values(looks=looks, look_at=next_look(sighting, looks, at))
    )


def count_standing(connection: Connection) -> int:
    """Count the places where a text was seen last."""
    query = select(func.count()).select_from(PLACE).where(PLACE.c.seen == "standing")
    return connection.scalars(query).one()


def _due(at: datetime) -> Any:  # noqa: ANN401 - a query that callers go on with
    busy = select(PLACE.c.host).where(PLACE.c.claimed_until > at)
    return select(PLACE.c.seq, PLACE.c.look_at).where(
        PLACE.c.look_at <= at,
        or_(PLACE.c.claimed_until.is_(None), PLACE.c.claimed_until <= at),
        PLACE.c.host.not_in(busy),
    )
