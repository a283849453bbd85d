"""Syndicate's tables over time: each change of `tables.py` or `partner_tables.py` is a step in
`versions/`."""

from pathlib import Path

import structlog
from sqlalchemy import Connection, Table, insert, inspect, select

from services.common import migrating
from services.syndicate.partner_tables import PARTNER
from services.syndicate.tables import HUB_HANDSHAKE, HUB_SUBSCRIPTION, TABLES

FOLDER = Path(__file__).parent

_OF_THE_HUB: tuple[Table, ...] = (HUB_SUBSCRIPTION, HUB_HANDSHAKE)

log = structlog.get_logger()


class NoSteps(RuntimeError):
    """A store with partners in it says not how its tables came to be."""


def migrate(connection: Connection) -> None:
    """Bring the tables up to date, in the transaction of `connection`.

    A store from before there were steps is made anew: its articles come from Kafka again, with
    what partners need of them; subscriptions at the hub stay. Raises NoSteps if it has partners.
    """
    there = set(inspect(connection).get_table_names())
    if not there or "alembic_version" in there:
        migrating.migrate(connection, FOLDER)
        return
    if PARTNER.name in there:
        raise NoSteps("syndicate's store has partners, but no steps: restore it, or move it away")
    kept = {table: _rows(connection, table) for table in _OF_THE_HUB}
    TABLES.drop_all(connection)
    migrating.migrate(connection, FOLDER)
    for table, rows in kept.items():
        if rows:
            connection.execute(insert(table), rows)
    log.warning("store_made_anew", reason="it was made before its tables had steps")


def _rows(connection: Connection, table: Table) -> list[dict[str, object]]:
    """Give them without their numbers, which a new table gives."""
    wanted = [column for column in table.c if column.name != "seq"]
    rows = connection.execute(select(*wanted).order_by(table.c.seq))
    return [dict(row) for row in rows.mappings()]
