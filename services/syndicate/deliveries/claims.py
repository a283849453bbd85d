"""Taking what is due, so that nobody takes it twice: a part of its caller's transaction.

However much waits, only the ways are gone through, and of each no more rows are read than there is
room for.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import SystemRandom
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    exists,
    literal,
    literal_column,
    not_,
    or_,
    select,
    update,
)

from services.common.instants import Instant
from services.common.prepared import Prepared
from services.syndicate.deliveries.loading import Attempt, Loading
from services.syndicate.deliveries.sending import MOST_SECONDS
from services.syndicate.lanes.room import Room
from services.syndicate.partner_tables import DELIVERY, WAY

# What a process has taken and not finished is due again after so long; no attempt takes longer.
LEASE = timedelta(seconds=2 * MOST_SECONDS)

_OTHER = DELIVERY.alias("other")
_NONE: ColumnElement[int] = literal_column(
    "0"
)  # said, for SQLite: SQLAlchemy would leave it to a parameter
_AT = bindparam("at", type_=Instant)
_DUE = (DELIVERY.c.state == literal_column("'waiting'"), DELIVERY.c.due_at <= _AT)
# An attempt with an older entry of the article may still be under way.
_ALONE = ~exists().where(
    _OTHER.c.article == DELIVERY.c.article, _OTHER.c.way == DELIVERY.c.way, _OTHER.c.lease > _AT
)
_FIRST = (
    select(DELIVERY.c.rank)
    .where(DELIVERY.c.queue == WAY.c.queue, *_DUE)
    .order_by(DELIVERY.c.rank, DELIVERY.c.seq)
    .limit(literal_column("1"))
    .offset(_NONE)
    .scalar_subquery()
)
_FAILS = WAY.c.failures > literal_column("0")


class Standing(StrEnum):
    """How a way was the last time. Each has a lane of its own, so that who answers at once never
    waits for a place that somebody else holds for long."""

    PROMPT = "prompt"
    SLOW = "slow"
    FAILING = "failing"


_OF_STANDING = {
    Standing.PROMPT: and_(not_(_FAILS), WAY.c.slow.is_(False)),
    Standing.SLOW: and_(not_(_FAILS), WAY.c.slow.is_(True)),
    Standing.FAILING: _FAILS,
}
_READY = {
    standing: Prepared(
        select(WAY.c.queue, WAY.c.host, _FIRST.label("rank")).where(
            WAY.c.off.is_(None),
            of_standing,
            or_(WAY.c.rest_until.is_(None), WAY.c.rest_until <= _AT),
        )
    )
    for standing, of_standing in _OF_STANDING.items()
}
_NEXT = Prepared(
    select(DELIVERY.c.seq)
    .where(DELIVERY.c.queue == bindparam("of"), *_DUE, _ALONE)
    .order_by(DELIVERY.c.rank, DELIVERY.c.seq)
    .limit(bindparam("most"))
    .offset(_NONE)
)

_random = SystemRandom()


class _Ready(NamedTuple):
    """A way for which something is due."""

    queue: int
    host: str
    rank: int


class _Chosen(NamedTuple):
    seq: int
    host: str


@dataclass(frozen=True)
class Due:
    """What a lane takes care of: deliveries by ways of one standing."""

    loading: Loading
    standing: Standing

    def any(self, connection: Connection, at: datetime) -> bool:
        """Whether anything is due."""
        return bool(self._ready(connection, at))

    def claim(self, connection: Connection, room: Room, at: datetime) -> Sequence[Attempt]:
        """Take what is due and has room, and read it as it stands now."""
        until = at + LEASE
        _renew(connection, room.running, at, until)
        chosen = room.fitting(self._next(connection, room, at))
        if not chosen:
            return []
        taken = update(DELIVERY).where(DELIVERY.c.seq.in_(chosen))
        connection.execute(taken.values(due_at=until, lease=until))
        return self.loading.attempts(connection, chosen, at)

    def _ready(self, connection: Connection, at: datetime) -> list[_Ready]:
        rows = map(_Ready._make, _READY[self.standing].rows(connection, at=at))
        return [row for row in rows if row.rank is not None]

    def _next(self, connection: Connection, room: Room, at: datetime) -> Iterator[_Chosen]:
        """List what is due: what overtakes before the rest, then who has the fewest places."""
        ready = self._ready(connection, at)
        _random.shuffle(ready)
        ready.sort(key=lambda way: (way.rank, room.hosts[way.host]))
        found = 0
        for way in ready:
            free = room.per_host - room.hosts[way.host]
            if free <= 0:
                continue
            if found >= room.places:
                return
            rows = _NEXT.rows(connection, of=way.queue, at=at, most=free)
            found += len(rows)
            yield from (_Chosen(seq, way.host) for (seq,) in rows)


def _renew(connection: Connection, running: Collection[int], at: datetime, until: datetime) -> None:
    """What runs here is not over because a clock was put forward, or the machine was asleep."""
    if running:
        outlived = update(DELIVERY).where(DELIVERY.c.seq.in_(running), DELIVERY.c.lease <= at)
        due_at = case((DELIVERY.c.state == "waiting", literal(until, Instant)), else_=None)
        connection.execute(outlived.values(due_at=due_at, lease=until))
