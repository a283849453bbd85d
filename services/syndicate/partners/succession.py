"""What the registry says that products need: who succeeds whom."""

import json
from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, select

from schemas.events import RegistryEvent, UnitChanged
from services.syndicate.partner_tables import SUCCESSION
from services.syndicate.products.successors import successors_of


def all_successors(connection: Connection) -> dict[str, list[str]]:
    """Give the successors of each unit that has any, as far as we have heard of them."""
    rows = connection.execute(select(SUCCESSION.c.unit, SUCCESSION.c.succeeds))
    return successors_of({row.unit: json.loads(row.succeeds) for row in rows})


def note(connection: Connection, events: Iterable[RegistryEvent]) -> bool:
    """Keep what events say; tell whether any changed who succeeds whom."""
    changed = False
    for event in events:
        if isinstance(event, UnitChanged):
            changed |= _succession(connection, event.unit.code, event.unit.succeeds)
    return changed


def _succession(connection: Connection, unit: str, succeeds: list[str]) -> bool:
    own = SUCCESSION.c.unit == unit
    before = connection.scalars(select(SUCCESSION.c.succeeds).where(own)).one_or_none()
    after = json.dumps(sorted(succeeds)) if succeeds else None
    if before == after:
        return False
    connection.execute(delete(SUCCESSION).where(own))
    if after:
        connection.execute(insert(SUCCESSION), {"unit": unit, "succeeds": after})
    return True
