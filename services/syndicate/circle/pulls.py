"""What each partner has fetched: how far it was given its changes, and when its feed."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, insert, select, update

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
            await self._database.write(partial(_store, gathered=gathered))
        return 0


def pulled(connection: Connection, partner: str, fetched: Fetched) -> None:
    """Keep what a partner was given, as far as that is news: a part of its caller's transaction."""
    mine = PULLED.c.partner == partner
    known = connection.execute(select(PULLED).where(mine)).one_or_none()
    if known is None:
        connection.execute(insert(PULLED).values(partner=partner, seq=0))
    before = known.seq if known else 0
    values: dict[str, object] = {"seq": max(before, fetched.seq)}
    if fetched.feed_at:
        values["feed_at"] = fetched.feed_at
    connection.execute(update(PULLED).where(mine).values(values))
    if fetched.seq > before:
        connection.execute(
            update(TAKEDOWN)
            .where(
                TAKEDOWN.c.partner == partner,
                TAKEDOWN.c.entry > before,
                TAKEDOWN.c.entry <= fetched.seq,
                TAKEDOWN.c.pulled_at.is_(None),
            )
            .values(pulled_at=fetched.at)
        )


def _store(connection: Connection, gathered: dict[str, Fetched]) -> None:
    for partner, fetched in gathered.items():
        pulled(connection, partner, fetched)
