"""What a partner was told on which day. Each function is a part of its caller's transaction.

A day begins after the last entry that was made before it, so days follow each other without a gap
in `seq`, also where a clock was set back between two entries.
"""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Connection, select

from services.syndicate.manifests.day import begin, day_of, end
from services.syndicate.manifests.manifest import Line
from services.syndicate.partner_tables import PARTNER, PARTNER_ENTRY

_E = PARTNER_ENTRY.c


def first_day(connection: Connection, partner: str) -> date:
    """Tell on which day the partner began."""
    query = select(PARTNER.c.created).where(PARTNER.c.code == partner)
    return day_of(connection.scalars(query).one())


def bounds(connection: Connection, partner: str, day: date) -> tuple[int, int]:
    """Give the seq after which the day begins, and its last."""
    before = _last_before(connection, partner, begin(day))
    return before, max(before, _last_before(connection, partner, end(day)))


def lines(connection: Connection, partner: str, after: int, last: int, limit: int) -> list[Line]:
    """Give the first of the entries above `after`, up to `last`."""
    query = (
        select(_E.seq, _E.article.label("id"), _E.version, _E.kind, _E.digest, _E.at)
        .where(_E.partner == partner, _E.seq > after, _E.seq <= last)
        .order_by(_E.seq)
        .limit(limit)
    )
    return [Line.model_validate(dict(row)) for row in connection.execute(query).mappings()]


def days_with_entries(connection: Connection, partner: str, since: datetime) -> Iterator[date]:
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
