"""What a partner was told in a period, to be told again as it stands now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.common.trace import current_trace
from services.syndicate.changes.entries import WITH_NEWEST
from services.syndicate.changes.entry import NewEntry, told_again
from services.syndicate.partner_tables import HOLDING, PARTNER_ENTRY


@dataclass(frozen=True)
class Period:
    """From when on, until before when."""

    start: datetime
    end: datetime


def replayed(
    connection: Connection, partner: str, period: Period, after: int, limit: int
) -> Sequence[NewEntry]:
    """Give up to `limit` entries after a seq that were told in a period and that no newer one has
    taken the place of, under their old seq and marked as replayed. They overtake nothing."""
    rows = connection.execute(
        WITH_NEWEST.add_columns(HOLDING.c.place)
        .where(
            PARTNER_ENTRY.c.partner == partner,
            PARTNER_ENTRY.c.seq > after,
            PARTNER_ENTRY.c.at >= period.start,
            PARTNER_ENTRY.c.at < period.end,
            PARTNER_ENTRY.c.seq == HOLDING.c.seq,
        )
        .order_by(PARTNER_ENTRY.c.seq)
        .limit(limit)
    )
    trace = current_trace()
    return [told_again(row, row.at, trace, express=False) for row in rows]
