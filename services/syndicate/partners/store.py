"""Partners and their products, stored. Each function is a part of its caller's transaction."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select, update

from schemas.partner import Partner, Product
from services.common.problems import Problem, not_found
from services.common.said import said
from services.syndicate.partner_tables import PARTNER, PRODUCT, REASSESSING
from services.syndicate.partners.succession import all_successors
from services.syndicate.products.successors import named_by

Cause = Literal["changed", "registry"]
"""Why a partner has a new product: the newsroom wished it, or units succeed others."""

CURRENT = (PRODUCT.c.partner == PARTNER.c.code) & (PRODUCT.c.number == PARTNER.c.product)
_WHOLE = select(PARTNER, PRODUCT.c.rules).join(PRODUCT, CURRENT)


@dataclass(frozen=True)
class Stored:
    """A partner, and the number of its product."""

    partner: Partner
    product: int

    @property
    def etag(self) -> str:
        """What tells this state from others."""
        shown = self.partner.model_dump_json().encode()
        return f'"{hashlib.sha256(shown).hexdigest()[:16]}"'


def find(connection: Connection, code: str) -> Stored | None:
    """Find a partner by its code."""
    row = connection.execute(_WHOLE.where(PARTNER.c.code == code)).one_or_none()
    return None if row is None else _stored(row)


def known(connection: Connection, code: str) -> Stored:
    """Find a partner that must be there. Raises Problem (404)."""
    found = find(connection, code)
    if found is None:
        raise not_found()
    return found


def listed(connection: Connection, after: str, limit: int) -> Sequence[Stored]:
    """List partners by code, from after `after`."""
    query = _WHOLE.where(PARTNER.c.code > after).order_by(PARTNER.c.code).limit(limit)
    return [_stored(row) for row in connection.execute(query)]


def everyone(connection: Connection) -> Sequence[Stored]:
    """Give all partners, by code."""
    return [_stored(row) for row in connection.execute(_WHOLE.order_by(PARTNER.c.code))]


def add(connection: Connection, partner: Partner, at: datetime) -> Stored:
    """Add a partner: it is to get all that its product holds, from the first article on. Raises
    Problem (409) if its code is taken."""
    if find(connection, partner.code) is not None:
        raise Problem("conflict", said("The code {code} is taken already.", code=partner.code))
    row = {"code": partner.code, "product": 0, "last_seq": 0, "created": at}
    connection.execute(insert(PARTNER), row | _values(partner))
    change_product(connection, partner.code, partner.product, at, "changed")
    return Stored(partner, 1)


def replace(connection: Connection, before: Stored, partner: Partner, at: datetime) -> Stored:
    """Put a partner in the place of what it was. If its product is another, all articles are to be
    gone through again."""
    own = PARTNER.c.code == partner.code
    connection.execute(update(PARTNER).where(own).values(_values(partner)))
    if partner.product == before.partner.product:
        return Stored(partner, before.product)
    number = change_product(connection, partner.code, partner.product, at, "changed")
    return Stored(partner, number)


def change_product(
    connection: Connection, code: str, product: Product, at: datetime, cause: Cause
) -> int:
    """Give a partner a new product; return its number. Those before stay, for what they decided."""
    own = PARTNER.c.code == code
    number: int = connection.scalars(select(PARTNER.c.product).where(own)).one() + 1
    row = {
        "partner": code,
        "number": number,
        "rules": product.model_dump_json(),
        "successors": json.dumps(named_by(product, all_successors(connection))),
        "at": at,
        "cause": cause,
    }
    connection.execute(insert(PRODUCT), row)
    connection.execute(update(PARTNER).where(own).values(product=number))
    connection.execute(delete(REASSESSING).where(REASSESSING.c.partner == code))
    connection.execute(insert(REASSESSING), {"partner": code, "after": None})
    return number


def _values(partner: Partner) -> dict[str, Any]:
    return {
        "name": partner.name,
        "formats": json.dumps(partner.formats),
        "ack_deadline": partner.ack_deadline,
        "active": partner.active,
    }


def _stored(row: Row[Any]) -> Stored:
    partner = Partner(
        code=row.code,
        name=row.name,
        product=Product.model_validate_json(row.rules),
        formats=json.loads(row.formats),
        ack_deadline=row.ack_deadline,
        active=row.active,
    )
    return Stored(partner, row.product)
