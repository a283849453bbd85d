"""The ways by which partners are pushed to. Each function is a part of its caller's transaction."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import SystemRandom
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select, update

from schemas.partner import Format, Partner
from services.common.ids import new_id
from services.common.problems import FieldError, not_found
from services.common.said import said
from services.syndicate.deliveries.sending import Way
from services.syndicate.partner_tables import ENDED_QUEUE, WAY

_BY_ADMIN = "admin"

_random = SystemRandom()


@dataclass(frozen=True)
class NewWay:
    """A way that is to be made."""

    partner: str
    kind: str
    format: Format
    target: str
    host: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secret: str | None = None


def format_faults(partner: Partner, format_: Format) -> list[FieldError]:
    """Find fault with a format that is none of the partner's contract."""
    if partner.takes(format_):
        return []
    contract = ", ".join(partner.formats)
    why = said("is none of those of the partner's contract: {formats}", formats=contract)
    return [FieldError("/format", why, "format")]


def add(connection: Connection, new: NewWay, at: datetime) -> UUID:
    """Make a way, which gets what comes from now on; give its id."""
    made = new_id()
    row = vars(new) | {"settings": json.dumps(dict(new.settings)), "id": made, "created": at}
    connection.execute(insert(WAY).values(**row, queue=_new_queue(), failures=0, slow=False))
    return made


def listed(connection: Connection, partner: str, kinds: Collection[str]) -> Sequence[Row[Any]]:
    """List a partner's ways of these kinds, the oldest first."""
    mine = (WAY.c.partner == partner, WAY.c.kind.in_(kinds))
    return connection.execute(select(WAY).where(*mine).order_by(WAY.c.created, WAY.c.id)).all()


def on(connection: Connection, partner: str) -> Collection[UUID]:
    """Give the ids of a partner's ways that are on, of whatever kind."""
    mine = (WAY.c.partner == partner, WAY.c.off.is_(None))
    return connection.scalars(select(WAY.c.id).where(*mine)).all()


def find(connection: Connection, partner: str, way: UUID, kinds: Collection[str]) -> Row[Any]:
    """Find a partner's way, on or off. Raises Problem (404)."""
    mine = (WAY.c.id == way, WAY.c.partner == partner, WAY.c.kind.in_(kinds))
    row = connection.execute(select(WAY).where(*mine)).one_or_none()
    if row is None:
        raise not_found()
    return row


def switch(connection: Connection, way: Row[Any], *, on: bool) -> None:
    """Turn it off or on, as the newsroom wishes."""
    if not on:
        turn_off(connection, way.id, _BY_ADMIN)
    elif way.off is not None:
        turn_on(connection, way.id)


def turn_off(connection: Connection, way: UUID, why: str) -> bool:
    """Send nothing more by this way; say whether it was on. What waits for it comes to an end, if
    not at once: it may be very much."""
    queue = connection.scalars(
        select(WAY.c.queue).where(WAY.c.id == way, WAY.c.off.is_(None))
    ).one_or_none()
    if queue is None:
        return False
    _end_queue(connection, queue, why)
    connection.execute(update(WAY).where(WAY.c.id == way).values(off=why, queue=_new_queue()))
    return True


def turn_on(connection: Connection, way: UUID) -> None:
    """Send by this way what comes from now on; what it missed is for a replay."""
    fresh: dict[str, Any] = {"off": None, "failures": 0, "failing_since": None, "rest_until": None}
    connection.execute(update(WAY).where(WAY.c.id == way).values(**fresh, slow=False))


def remove(connection: Connection, way: Row[Any]) -> None:
    """Forget a way, with its secrets."""
    _end_queue(connection, way.queue, "removed")
    connection.execute(delete(WAY).where(WAY.c.id == way.id))


def way_of(row: Row[Any], at: datetime) -> Way:
    """Read a row of `way`."""
    old = row.old_secret if row.old_secret_until and row.old_secret_until > at else None
    return Way(
        id=row.id,
        partner=row.partner,
        kind=row.kind,
        format=Format(row.format),
        target=row.target,
        host=row.host,
        settings=json.loads(row.settings),
        secrets=tuple(secret for secret in (row.secret, old) if secret),
    )


def _end_queue(connection: Connection, queue: int, why: str) -> None:
    connection.execute(insert(ENDED_QUEUE).values(queue=queue, why=why))


def _new_queue() -> int:
    return _random.getrandbits(62)
