"""The ways by which partners are pushed to. Each function is a part of its caller's transaction."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from schemas.partner import Format
from services.common.ids import new_id
from services.syndicate.deliveries.sending import Way
from services.syndicate.partner_tables import DELIVERY, PARTNER, WAY

DELETED = "deleted"
"""`off` of a way that is nobody's any more; it goes once nothing waits for it."""
GONE = "gone"
FAILING = "failing"
BY_ADMIN = "admin"


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


def partner_known(connection: Connection, code: str) -> bool:
    """Whether there is such a partner."""
    return (
        connection.execute(select(PARTNER.c.code).where(PARTNER.c.code == code)).first() is not None
    )


def add(connection: Connection, new: NewWay, at: datetime) -> UUID:
    """Make a way, which gets what comes from now on; give its id."""
    made = new_id()
    row = vars(new) | {"settings": json.dumps(dict(new.settings)), "id": made, "created": at}
    connection.execute(insert(WAY).values(**row, failures=0, after=_last(connection)))
    return made


def listed(connection: Connection, partner: str, kinds: Collection[str]) -> Sequence[Row[Any]]:
    """List a partner's ways of these kinds, the oldest first."""
    return connection.execute(
        select(WAY)
        .where(WAY.c.partner == partner, WAY.c.kind.in_(kinds), _there())
        .order_by(WAY.c.created, WAY.c.id)
    ).all()


def find(
    connection: Connection, partner: str, way: UUID, kinds: Collection[str]
) -> Row[Any] | None:
    """Find a partner's way, on or off."""
    mine = (WAY.c.id == way, WAY.c.partner == partner, WAY.c.kind.in_(kinds), _there())
    return connection.execute(select(WAY).where(*mine)).one_or_none()


def turn_off(connection: Connection, way: UUID, why: str) -> None:
    """Send nothing more by this way. What waits for it comes to an end, soon but not at once: it
    may be very much."""
    connection.execute(update(WAY).where(WAY.c.id == way).values(off=why))


def turn_on(connection: Connection, way: UUID) -> None:
    """Send by this way what comes from now on; what it missed is for a replay."""
    fresh: dict[str, Any] = {"off": None, "failures": 0, "failing_since": None, "rest_until": None}
    connection.execute(
        update(WAY).where(WAY.c.id == way).values(**fresh, slow=False, after=_last(connection))
    )


def delete(connection: Connection, way: UUID) -> None:
    """Take a way out of use for good, with its secrets."""
    connection.execute(
        update(WAY)
        .where(WAY.c.id == way)
        .values(off=DELETED, secret=None, old_secret=None, settings="{}")
    )


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


def _there() -> ColumnElement[bool]:
    return func.coalesce(WAY.c.off, "") != DELETED


def _last(connection: Connection) -> int:
    last: int = connection.scalars(select(func.coalesce(func.max(DELIVERY.c.seq), 0))).one()
    return last
