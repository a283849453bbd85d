"""What each partner has fetched: how far it was given its changes, and when its feed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, bindparam, insert, select, update

from services.common.database import Database
from services.common.instants import now
from services.syndicate.partner_tables import PULLED, TAKEDOWN


@dataclass(frozen=True)
class Fetched:
    """What a partner was given since that was stored last."""

    seq: int = 0
    """Of the last entry; 0 for none."""
    at: datetime | None = None
    """When it was given that."""
    feed_at: datetime | None = None


_FETCHED = (
    update(PULLED)
    .where(PULLED.c.partner == bindparam("of"))
    .values(seq=bindparam("to"), feed_at=bindparam("fed"))
)
_GIVEN = (
    update(TAKEDOWN)
    .where(
        TAKEDOWN.c.partner == bindparam("of"),
        TAKEDOWN.c.entry > bindparam("after"),
        TAKEDOWN.c.entry <= bindparam("to"),
        TAKEDOWN.c.pulled_at.is_(None),
    )
    .values(pulled_at=bindparam("given"))
)


class Pulls:
    """Gathers what partners fetch, and stores it together: no partner waits for a commit, and what
    a crash takes with it is the word of a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathered: dict[str, Fetched] = {}

    def given(self, partner: str, seq: int) -> None:
        """Note that a partner was given its entries up to a seq."""
        before = self._gathered.get(partner, Fetched())
        if seq > before.seq:
            self._gathered[partner] = Fetched(seq, now(), before.feed_at)

    def fed(self, partner: str) -> None:
        """Note that a partner was given its feed, or was told that it has the newest."""
        before = self._gathered.get(partner, Fetched())
        self._gathered[partner] = Fetched(before.seq, before.at, now())

    async def store(self) -> int:
        """Store what was gathered; nothing is left then. What could not be stored is gone: it is
        evidence, and the partner's next call brings more."""
        gathered, self._gathered = self._gathered, {}
        if gathered:
            await self._database.write(partial(pulled, gathered=gathered))
        return 0


def pulled(connection: Connection, gathered: Mapping[str, Fetched]) -> None:
    """Keep what partners were given, as far as that is news: a part of its caller's transaction."""
    rows = connection.execute(select(PULLED).where(PULLED.c.partner.in_(gathered.keys())))
    known = {row.partner: row for row in rows}
    if new := [{"partner": each, "seq": 0} for each in gathered if each not in known]:
        connection.execute(insert(PULLED), new)
    before = {each: known[each].seq if each in known else 0 for each in gathered}
    fed_before = {each: row.feed_at for each, row in known.items()}
    connection.execute(
        _FETCHED,
        [
            {
                "of": partner,
                "to": max(before[partner], fetched.seq),
                "fed": fetched.feed_at or fed_before.get(partner),
            }
            for partner, fetched in gathered.items()
        ],
    )
    given = [
        {"of": partner, "after": before[partner], "to": fetched.seq, "given": fetched.at}
        for partner, fetched in gathered.items()
        if fetched.seq > before[partner]
    ]
    if given:
        connection.execute(_GIVEN, given)
