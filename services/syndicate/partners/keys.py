"""Keys of partners: made, listed, revoked. A key is shown once, and kept as a digest.

Two may be live, so that one can follow the other without a gap.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Connection, delete, func, insert, or_, select, update

from schemas.text import Line
from schemas.times import Time
from services.common import auth
from services.common.given import Given, refused
from services.common.ids import new_id
from services.common.problems import FieldError, Problem, not_found
from services.common.said import said
from services.syndicate.partner_tables import PARTNER_KEY
from services.syndicate.partners import store
from services.syndicate.partners.acts import Act, record

_LIVE_KEYS = 2


class GivenKey(Given):
    """What may be said of a key."""

    expires: Time | None = None
    note: Annotated[Line, Field(max_length=200)] = ""


def add_key(connection: Connection, act: Act, partner: str, given: GivenKey) -> dict[str, Any]:
    """Make a key, and show it this once. Raises Problem: 404, 409 for a third."""
    store.known(connection, partner)
    if given.expires and given.expires <= act.now:
        raise refused([FieldError("/expires", said("is past already"), "past")])
    live = or_(PARTNER_KEY.c.expires.is_(None), PARTNER_KEY.c.expires > act.now)
    count = select(func.count()).where(PARTNER_KEY.c.partner == partner, live)
    if connection.scalars(count).one() >= _LIVE_KEYS:
        raise Problem("conflict", said("There are two live keys; revoke one first."))
    key, key_id = auth.new_key(), new_id()
    row = {
        "id": key_id,
        "partner": partner,
        "digest": auth.digest(key),
        "created": act.now,
        "expires": given.expires,
        "note": given.note,
    }
    connection.execute(insert(PARTNER_KEY), row)
    expires = _time(given.expires)
    record(connection, act, "key.added", f"key:{key_id}", {"of": partner, "expires": expires})
    return {"id": str(key_id), "key": key, "expires": expires}


def listed(
    connection: Connection, partner: str, used: Mapping[UUID, datetime]
) -> list[dict[str, Any]]:
    """List the keys of a partner, without what is secret; `used` is fresher than the store. Raises
    Problem (404)."""
    store.known(connection, partner)
    query = select(PARTNER_KEY).where(PARTNER_KEY.c.partner == partner)
    return [
        {
            "id": str(row.id),
            "created": _time(row.created),
            "expires": _time(row.expires),
            "last_used": _time(used.get(row.id, row.last_used)),
            "note": row.note,
        }
        for row in connection.execute(query.order_by(PARTNER_KEY.c.id))
    ]


def revoke_key(connection: Connection, act: Act, partner: str, key: UUID) -> None:
    """End a key. Raises Problem (404)."""
    own = (PARTNER_KEY.c.id == key) & (PARTNER_KEY.c.partner == partner)
    if connection.execute(delete(PARTNER_KEY).where(own)).rowcount == 0:
        raise not_found()
    record(connection, act, "key.revoked", f"key:{key}", {"of": partner})


def store_uses(connection: Connection, used: Mapping[UUID, datetime], _: datetime) -> None:
    """Store when keys were last used."""
    for key, at in used.items():
        unknown = or_(PARTNER_KEY.c.last_used.is_(None), PARTNER_KEY.c.last_used < at)
        own = PARTNER_KEY.c.id == key
        connection.execute(update(PARTNER_KEY).where(own, unknown).values(last_used=at))


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
