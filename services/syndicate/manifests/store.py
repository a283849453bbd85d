"""What a partner was told on which day. Each function is a part of its caller's transaction.

A day begins after the last entry that was made before it, so days follow each other without a gap
in `seq`, also where a clock was set back between two entries.
"""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from services.syndicate.manifests.day import begin, day_of, end, is_complete, written
from services.syndicate.manifests.manifest import Day, Days
from services.syndicate.partner_tables import PARTNER, PARTNER_ENTRY

_E = PARTNER_ENTRY.c


def manifest(
    connection: Connection, partner: str, day: date, after: int, limit: int, at: datetime
) -> dict[str, Any] | None:
    """Give the JSON of a Manifest as it is `at` a time, but for the key; nothing where there is no
    such day."""
    if not _first_day(connection, partner) <= day <= day_of(at):
        return None
    before, end = _bounds(connection, partner, day)
    after = min(max(before, after), end)
    lines = _lines(connection, partner, after, end, limit)
    last: int = lines[-1]["seq"] if lines else after
    return {
        "partner": partner,
        "date": day.isoformat(),
        "made": written(at),
        "complete": is_complete(day, at),
        "after": after,
        "last": last,
        "items": lines,
        "next": last if last < end else None,
    }


def days(
    connection: Connection, partner: str, cursor: date | None, limit: int, at: datetime
) -> Days:
    """List the days with entries from `cursor` on, and today."""
    today = day_of(at)
    since = cursor or _first_day(connection, partner)
    found = list(islice(_with_entries(connection, partner, begin(since)), limit + 1))
    if len(found) <= limit and today not in found and since <= today:
        found.append(today)
    items = []
    for day in found[:limit]:
        after, last = _bounds(connection, partner, day)
        items.append(Day(date=day, complete=is_complete(day, at), after=after, last=last))
    return Days(items=items, next=found[limit] if len(found) > limit else None)


def _first_day(connection: Connection, partner: str) -> date:
    """Tell on which day the partner began."""
    query = select(PARTNER.c.created).where(PARTNER.c.code == partner)
    return day_of(connection.scalars(query).one())


def _bounds(connection: Connection, partner: str, day: date) -> tuple[int, int]:
    """Give the seq after which the day begins, and its last."""
    before = _last_before(connection, partner, begin(day))
    return before, max(before, _last_before(connection, partner, end(day)))


def _lines(
    connection: Connection, partner: str, after: int, last: int, limit: int
) -> list[dict[str, Any]]:
    """Give the first of the entries above `after`, up to `last`: each is the JSON of a Line."""
    query = (
        select(_E.seq, _E.article, _E.version, _E.kind, _E.digest, _E.at)
        .where(_E.partner == partner, _E.seq > after, _E.seq <= last)
        .order_by(_E.seq)
        .limit(limit)
    )
    return [
        {
            "seq": row.seq,
            "id": str(row.article),
            "version": row.version,
            "kind": row.kind,
            "digest": row.digest,
            "at": written(row.at),
        }
        for row in connection.execute(query)
    ]


def _with_entries(connection: Connection, partner: str, since: datetime) -> Iterator[date]:
    """Give the days on which the partner was told something, one by one."""
    while True:
        query = select(_E.at).where(_E.partner == partner, _E.at >= since).order_by(_E.at).limit(1)
        found = connection.scalars(query).one_or_none()
        if found is None:
            return
        yield day_of(found)
        since = end(day_of(found))


def _last_before(connection: Connection, partner: str, at: datetime) -> int:
    query = (
        select(_E.seq)
        .where(_E.partner == partner, _E.at < at)
        .order_by(_E.at.desc(), _E.seq.desc())
        .limit(1)
    )
    return connection.scalars(query).one_or_none() or 0
