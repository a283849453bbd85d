"""What is known of polls and of the items they brought."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select, update

from schemas.registry import Unit
from services.ingest.polling.feed import Item, Note
from services.ingest.registry import entries as registry
from services.ingest.tables import polled_items, polls

# A process that dies in a poll leaves it to the others after so long; no poll takes longer.
LEASE = timedelta(minutes=5)
_UNITS = 10_000
_AT_ONCE = 500


def polled_units(conn: Connection) -> dict[str, Unit]:
    """Give the units that have a feed to poll, by code."""
    listed = registry.listed(conn, "unit", "", _UNITS)
    units = (unit for unit in listed if isinstance(unit, Unit))
    return {unit.code: unit for unit in units if unit.active and unit.feed_url}


def strayed(conn: Connection, units: Mapping[str, Unit]) -> bool:
    """Whether the polls are not those that the registry asks for."""
    known = conn.execute(select(polls.c.unit, polls.c.feed_url))
    return {row.unit: row.feed_url for row in known} != {
        code: unit.feed_url for code, unit in units.items()
    }


def follow_registry(conn: Connection, now: datetime, horizon: timedelta) -> None:
    """Make the polls those that the registry asks for. A new address begins from nothing, and with
    what its site dates within `horizon`."""
    wanted = polled_units(conn)
    for row in conn.execute(select(polls.c.unit, polls.c.feed_url)).all():
        if row.unit in wanted and wanted[row.unit].feed_url == row.feed_url:
            wanted.pop(row.unit)
        else:
            conn.execute(delete(polls).where(polls.c.unit == row.unit))
    for unit in wanted.values():
        begun = {"unit": unit.code, "feed_url": unit.feed_url, "next_at": now, "failures": 0}
        conn.execute(insert(polls).values(**begun, since=now - horizon, notes="[]"))


def due(conn: Connection, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """List the polls whose time has come, the longest waiting first."""
    query = select(polls).where(polls.c.next_at <= now).order_by(polls.c.next_at).limit(limit)
    return conn.execute(query).all()


def claim(conn: Connection, poll: Row[Any], now: datetime) -> bool:
    """Take a poll that is due, unless another process has taken it."""
    taken = conn.execute(
        update(polls)
        .where(polls.c.unit == poll.unit, polls.c.feed_url == poll.feed_url)
        .where(polls.c.next_at == poll.next_at)
        .values(next_at=now + LEASE)
    )
    return bool(taken.rowcount)


def finish(conn: Connection, poll: Row[Any], **values: object) -> None:
    """Note what came of a poll, if the unit still has this feed."""
    conn.execute(
        update(polls)
        .where(polls.c.unit == poll.unit, polls.c.feed_url == poll.feed_url)
        .values(**values)
    )


def ask(conn: Connection, unit: str, now: datetime) -> bool:
    """Let a unit's feed be polled at once, one that was gone too."""
    asked = conn.execute(update(polls).where(polls.c.unit == unit).values(next_at=now))
    return bool(asked.rowcount)


def notes_json(notes: Iterable[Note]) -> str:
    """Write notes as they are kept."""
    return json.dumps([vars(note) for note in notes], ensure_ascii=False)


def listed(conn: Connection, after: str, limit: int) -> Sequence[Row[Any]]:
    """List polls by unit, from after `after`."""
    query = select(polls).where(polls.c.unit > after).order_by(polls.c.unit).limit(limit)
    return conn.execute(query).all()


def find(conn: Connection, unit: str) -> Row[Any] | None:
    """Find a unit's poll."""
    return conn.execute(select(polls).where(polls.c.unit == unit)).one_or_none()


def items_of(
    conn: Connection, unit: str, *, noted: bool, after: str, limit: int
) -> Sequence[Row[Any]]:
    """List the items that a unit's feed has shown, by id; `noted`: those left as they were."""
    query = select(polled_items).where(
        polled_items.c.unit == unit, polled_items.c.external_id > after
    )
    if noted:
        query = query.where(polled_items.c.note.is_not(None))
    return conn.execute(query.order_by(polled_items.c.external_id).limit(limit)).all()


def known(conn: Connection, unit: str, ids: Sequence[str]) -> dict[str, Row[Any]]:
    """Give those of these items that are known."""
    found: dict[str, Row[Any]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        rows = conn.execute(
            select(polled_items).where(
                polled_items.c.unit == unit,
                polled_items.c.external_id.in_(ids[start : start + _AT_ONCE]),
            )
        )
        found |= {row.external_id: row for row in rows}
    return found


def item(conn: Connection, unit: str, external_id: str) -> Row[Any] | None:
    """Find an item."""
    return conn.execute(
        select(polled_items).where(
            polled_items.c.unit == unit, polled_items.c.external_id == external_id
        )
    ).one_or_none()


def remember(
    conn: Connection,
    unit: str,
    seen: Item,
    now: datetime,
    *,
    article: UUID | None = None,
    version: int | None = None,
    note: str | None = None,
) -> None:
    """Keep the content of an item as known; without an `article` it keeps the one it has."""
    values: dict[str, object] = {"digest": seen.digest, "note": note, "seen": now}
    if article is not None:
        values |= {"article_id": str(article), "version": version}
    if item(conn, unit, seen.external_id) is None:
        key = {"unit": unit, "external_id": seen.external_id}
        conn.execute(insert(polled_items).values(**key, **values))
    else:
        conn.execute(
            update(polled_items)
            .where(polled_items.c.unit == unit, polled_items.c.external_id == seen.external_id)
            .values(**values)
        )
