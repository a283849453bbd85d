"""Deliveries of a partner, as the newsroom looks them up. Each function is a part of its caller's
transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self, get_args
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection, Row, select, update

from services.common.problems import Problem, not_found
from services.common.said import said
from services.syndicate.partner_tables import DELIVERY, HOLDING, WAY
from services.syndicate.partners import store as partner_store

State = Literal["waiting", "delivered", "failed", "superseded"]


class Delivery(BaseModel):
    """An entry for one way, with what became of it."""

    id: int
    way: UUID
    seq: int
    """Of the entry."""
    article: UUID
    version: int
    message: str
    """The same on every attempt."""
    state: State
    replay: bool
    attempts: int
    error: str | None
    """What kind of failure the last attempt was."""
    due_at: datetime | None
    """Of the next attempt, or the end of the one under way."""
    created: datetime
    ended: datetime | None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Tell of a row of `delivery`."""
        own = {name: getattr(row, name) for name in cls.model_fields if name not in ("id", "seq")}
        return cls(id=row.seq, seq=row.entry, **own)


@dataclass(frozen=True)
class Wanted:
    """Which deliveries to list, the newest first."""

    partner: str
    state: State | None
    article: UUID | None
    before: int
    limit: int


def listed(connection: Connection, wanted: Wanted) -> Sequence[Row[Any]]:
    """List deliveries. Raises Problem (404)."""
    partner_store.known(connection, wanted.partner)
    rows: list[Row[Any]] = []
    # State by state, as the index has them.
    for state in [wanted.state] if wanted.state else get_args(State):
        query = select(DELIVERY).where(
            DELIVERY.c.partner == wanted.partner,
            DELIVERY.c.state == state,
            DELIVERY.c.seq < wanted.before,
        )
        if wanted.article:
            query = query.where(DELIVERY.c.article == wanted.article)
        rows += connection.execute(query.order_by(DELIVERY.c.seq.desc()).limit(wanted.limit))
    return sorted(rows, key=lambda row: row.seq, reverse=True)[: wanted.limit]


def try_again(connection: Connection, partner: str, delivery: int, at: datetime) -> Row[Any]:
    """Begin a failed delivery anew. Raises Problem: 404; 409 where that is no use."""
    query = select(DELIVERY).where(DELIVERY.c.seq == delivery, DELIVERY.c.partner == partner)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise not_found()
    if row.state != "failed":
        raise Problem("conflict", said("Only a delivery that has failed is tried again."))
    way = connection.execute(select(WAY).where(WAY.c.id == row.way)).one_or_none()
    if way is None or way.off is not None:
        raise Problem("conflict", said("Its way is off: turn it on first."))
    newest = select(HOLDING.c.seq).where(
        HOLDING.c.partner == partner, HOLDING.c.article == row.article
    )
    if connection.scalars(newest).one_or_none() != row.entry:
        raise Problem("conflict", said("A newer entry has taken its place."))
    waiting = select(DELIVERY.c.seq).where(
        DELIVERY.c.article == row.article, DELIVERY.c.way == row.way, DELIVERY.c.state == "waiting"
    )
    if connection.execute(waiting).first() is not None:
        raise Problem("conflict", said("Another delivery of the same entry waits already."))
    anew = {"state": "waiting", "due_at": at, "attempts": 0, "ended": None, "queue": way.queue}
    connection.execute(update(DELIVERY).where(DELIVERY.c.seq == delivery).values(anew))
    return connection.execute(query).one()
