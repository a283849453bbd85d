"""How far each partner has read its changes: what it was given, as far as we can know."""

from datetime import datetime
from functools import partial

from sqlalchemy import Connection, insert, select, update

from services.common.database import Database
from services.common.instants import now
from services.syndicate.partner_tables import PULLED, TAKEDOWN


class Pulls:
    """Gathers what partners were given, and stores it together: no partner waits for a commit, and
    what a crash takes with it is the word of a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathered: dict[str, tuple[int, datetime]] = {}

    def given(self, partner: str, seq: int) -> None:
        """Note that a partner was given all its entries up to a seq."""
        if seq > self._gathered.get(partner, (0, now()))[0]:
            self._gathered[partner] = (seq, now())

    async def store(self) -> int:
        """Store what was gathered; nothing is left then."""
        if not self._gathered:
            return 0
        gathered, self._gathered = self._gathered, {}
        try:
            await self._database.write(partial(_store, gathered=gathered))
        except BaseException:
            self._gathered = gathered | self._gathered
            raise
        return 0


def pulled(connection: Connection, partner: str, seq: int, at: datetime) -> None:
    """Keep that a partner was given all its entries up to a seq, if that is news: a part of its
    caller's transaction."""
    mine = PULLED.c.partner == partner
    known = connection.scalars(select(PULLED.c.seq).where(mine)).one_or_none()
    if known is None:
        connection.execute(insert(PULLED).values(partner=partner, seq=seq, at=at))
    elif seq > known:
        connection.execute(update(PULLED).where(mine).values(seq=seq, at=at))
    else:
        return
    connection.execute(
        update(TAKEDOWN)
        .where(
            TAKEDOWN.c.partner == partner,
            TAKEDOWN.c.entry > (known or 0),
            TAKEDOWN.c.entry <= seq,
            TAKEDOWN.c.pulled_at.is_(None),
        )
        .values(pulled_at=at)
    )


def _store(connection: Connection, gathered: dict[str, tuple[int, datetime]]) -> None:
    for partner, (seq, at) in gathered.items():
        pulled(connection, partner, seq, at)
