"""How far each partition was read into the store, in the transaction of what it brought."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, bindparam, insert, select, update

from services.common.resuming import Offsets
from services.syndicate.partner_tables import POSITION

T = TypeVar("T")

_MOVE = (
    update(POSITION)
    .where(POSITION.c.topic == bindparam("of"), POSITION.c.partition == bindparam("at"))
    .values(offset=bindparam("next"))
)


def stored(connection: Connection) -> Offsets:
    """Give the next offset to read of each partition."""
    rows = connection.execute(select(POSITION))
    return {(row.topic, row.partition): row.offset for row in rows}


def keep(connection: Connection, reached: Offsets) -> None:
    """Move on to `reached`, never back: of several processes on one store, one that lost a
    partition may be late with what it still had of it."""
    known = stored(connection)
    new = [
        {"topic": topic, "partition": partition, "offset": offset}
        for (topic, partition), offset in reached.items()
        if (topic, partition) not in known
    ]
    moved = [
        {"of": topic, "at": partition, "next": offset}
        for (topic, partition), offset in reached.items()
        if known.get((topic, partition), offset) < offset
    ]
    if new:
        connection.execute(insert(POSITION), new)
    if moved:
        connection.execute(_MOVE, moved)


def reaching(job: Callable[[Connection], T], reached: Offsets) -> Callable[[Connection], T]:
    """Give a job that does `job` and moves on, both or neither."""

    def both(connection: Connection) -> T:
        done = job(connection)
        keep(connection, reached)
        return done

    return both
