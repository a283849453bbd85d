"""Taking what is due, so that nobody takes it twice: a part of its caller's transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    func,
    select,
    update,
)

from services.syndicate.lanes.room import Room

# What a process has taken and not finished is due again after so long; no call takes longer.
LEASE = timedelta(minutes=1)


@dataclass(frozen=True)
class Due:
    """What a lane takes care of: the rows of `table` that are `wanted` at a time, by `rank`."""

    table: Table
    wanted: Callable[[datetime], ColumnElement[bool]]
    rank: ColumnElement[Any]

    def claim(self, connection: Connection, room: Room, at: datetime) -> Sequence[Row[Any]]:
        """Take what is due and has room."""
        chosen = room.fitting(connection.execute(self._next(room, at)).all())
        if not chosen:
            return []
        table = self.table
        connection.execute(update(table).where(table.c.seq.in_(chosen)).values(due_at=at + LEASE))
        rows = connection.execute(select(table).where(table.c.seq.in_(chosen))).all()
        return sorted(rows, key=lambda row: chosen.index(row.seq))

    def any(self, connection: Connection, at: datetime) -> bool:
        """Whether anything is due."""
        due = select(self.table.c.seq).where(self.table.c.due_at <= at, self.wanted(at)).limit(1)
        return connection.execute(due).first() is not None

    def _next(self, room: Room, at: datetime) -> "Select[Any]":
        """List what is due, of each host no more than it may have."""
        table = self.table
        full = [host for host, number in room.hosts.items() if number >= room.per_host]
        order = (self.rank, table.c.due_at, table.c.seq)
        turn = func.row_number().over(partition_by=table.c.host, order_by=order)
        waiting = (
            select(table.c.seq, table.c.host, turn.label("turn"), self.rank.label("rank"))
            .add_columns(table.c.due_at)
            .where(table.c.due_at <= at, self.wanted(at))
            .where(table.c.host.not_in(full), table.c.seq.not_in(room.running))
            .subquery()
        )
        return (
            select(waiting.c.seq, waiting.c.host)
            .where(waiting.c.turn <= room.per_host)
            .order_by(waiting.c.rank, waiting.c.due_at, waiting.c.seq)
            .limit(room.places + len(room.hosts) * room.per_host)
        )
