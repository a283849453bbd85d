"""What the registry says that products and formats need: who succeeds whom, topics of columns."""

import json
from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, select

from schemas.events import ColumnChanged, RegistryEvent, UnitChanged
from services.syndicate.partner_tables import MEDIA_TOPIC, SUCCESSION
from services.syndicate.products.successors import successors_of


def all_successors(connection: Connection) -> dict[str, list[str]]:
    """Give the successors of each unit that has any, as far as we have heard of them."""
    rows = connection.execute(select(SUCCESSION.c.unit, SUCCESSION.c.succeeds))
    return successors_of({row.unit: json.loads(row.succeeds) for row in rows})


def note(connection: Connection, events: Iterable[RegistryEvent]) -> bool:
    """Keep what events say; tell whether any changed who succeeds whom."""
    changed = False
    for event in events:
        match event:
            case UnitChanged(unit=unit):
                changed |= _succession(connection, unit.code, unit.succeeds)
            case ColumnChanged(column=column):
                _topic(connection, column.slug, column.media_topic)
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


def _topic(connection: Connection, column: str, topic: str | None) -> None:
    connection.execute(delete(MEDIA_TOPIC).where(MEDIA_TOPIC.c.column == column))
    if topic:
        connection.execute(insert(MEDIA_TOPIC), {"column": column, "topic": topic})
