"""What the report is made of, read from the store. Each function is a part of its caller's
transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, tuple_

from schemas.article import Article
from services.common.instants import instant, microseconds
from services.syndicate.circle.cases import Acknowledged, Deadline, Place, Sent, Told
from services.syndicate.circle.deadlines import State
from services.syndicate.circle.report import Case
from services.syndicate.partner_tables import (
    ACKNOWLEDGEMENT,
    DELIVERY,
    PARTNER,
    PARTNER_ENTRY,
    PLACE,
    PULLED,
    TAKEDOWN,
    VERSION,
    WAY,
)

M_ = TypeVar("M_", bound=BaseModel)


@dataclass(frozen=True)
class Ending:
    """How an article ended, as far as we know of it."""

    version: int
    at: datetime
    retracted: bool


@dataclass(frozen=True)
class Cursor:
    """Where a list of takedowns goes on: after this one."""

    deadline: datetime
    article: UUID
    partner: str

    def __str__(self) -> str:
        return f"{microseconds(self.deadline)}.{self.article.hex}.{self.partner}"

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Read it as it was written. Raises ValueError."""
        at, article, partner = text.split(".", 2)
        return cls(instant(int(at)), UUID(article), partner)


def ending(connection: Connection, article: UUID) -> Ending | None:
    """Say how an article ended, or that it didn't; nothing of one that we never had."""
    told = select(func.max(TAKEDOWN.c.version)).where(TAKEDOWN.c.article == article)
    told_version = connection.scalars(told).one()
    newest = select(VERSION).where(VERSION.c.article == article).order_by(VERSION.c.version.desc())
    found = connection.execute(newest.limit(1)).first()
    if found is None:
        return None
    return Ending(found.version, found.at, _is_canceled(found.json) or told_version is not None)


def cases(connection: Connection, article: UUID) -> list[Case]:
    """Give what is known of each partner that has to take the article down."""
    query = select(
        TAKEDOWN, PARTNER.c.name, PULLED.c.seq.label("pulled"), PULLED.c.feed_at
    ).join_from(TAKEDOWN, PARTNER, PARTNER.c.code == TAKEDOWN.c.partner, isouter=True)
    query = query.join(PULLED, PULLED.c.partner == TAKEDOWN.c.partner, isouter=True)
    rows = connection.execute(query.where(TAKEDOWN.c.article == article)).all()
    pulled = {row.partner: row.pulled or 0 for row in rows}
    told = _by_partner(connection.execute(_told(article)))
    sent = _by_partner(connection.execute(_sent(article)))
    said = _by_partner(connection.execute(_of(ACKNOWLEDGEMENT, article)))
    places = _by_partner(connection.execute(_of(PLACE, article)))
    return [
        Case(
            partner=row.partner,
            name=row.name or row.partner,
            feed_at=row.feed_at,
            asked=_read(Deadline, row),
            told=[
                _read(Told, each, pulled=each.seq <= pulled[row.partner])
                for each in told[row.partner]
            ],
            sent=[_read(Sent, each) for each in sent[row.partner]],
            said=[_read(Acknowledged, each) for each in said[row.partner]],
            places=[_read(Place, each) for each in places[row.partner]],
        )
        for row in rows
    ]


def takedowns(
    connection: Connection,
    states: Sequence[State],
    partner: str | None,
    after: Cursor | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """List takedowns, those whose time is over first."""
    order = (TAKEDOWN.c.deadline, TAKEDOWN.c.article, TAKEDOWN.c.partner)
    query = select(TAKEDOWN).where(TAKEDOWN.c.state.in_(states)).order_by(*order).limit(limit)
    if partner is not None:
        query = query.where(TAKEDOWN.c.partner == partner)
    if after is not None:
        query = query.where(tuple_(*order) > (after.deadline, after.article, after.partner))
    return connection.execute(query).all()


def _told(article: UUID) -> "Select[Any]":
    query = select(PARTNER_ENTRY).where(PARTNER_ENTRY.c.article == article)
    return query.order_by(PARTNER_ENTRY.c.seq)


def _sent(article: UUID) -> "Select[Any]":
    by: tuple[ColumnElement[Any], ...] = (
        DELIVERY.c.partner,
        WAY.c.kind,
        DELIVERY.c.version,
        DELIVERY.c.state,
    )
    times = func.sum(DELIVERY.c.attempts).label("times")
    at = func.max(DELIVERY.c.ended, type_=DELIVERY.c.ended.type).label("at")
    query = select(DELIVERY.c.partner, WAY.c.kind.label("way"), *by[2:], times, at)
    query = query.join_from(DELIVERY, WAY, WAY.c.id == DELIVERY.c.way, isouter=True)
    return query.where(DELIVERY.c.article == article).group_by(*by).order_by(*by)


def _of(table: Any, article: UUID) -> "Select[Any]":  # noqa: ANN401 - a table with these columns
    return select(table).where(table.c.article == article).order_by(table.c.seq)


def _by_partner(rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.partner].append(row)
    return found


def _read(model: type[M_], row: Row[Any], **more: object) -> M_:
    return model.model_validate(dict(row._mapping) | more)


def _is_canceled(json: bytes | None) -> bool:
    return json is not None and Article.model_validate_json(json).canceled
