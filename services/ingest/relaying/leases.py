"""Who relays what, where several ingest processes share a database.

Articles fall into buckets by their Kafka partitions. A process leases a fair share of the buckets;
a lease that its owner does not renew ends by itself, and the others take it over.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from services.common.database import Database, Overloaded, what_happened
from services.common.instants import now
from services.ingest.tables import leases

# Divides the partitions of every topic that has more than one, so that a bucket is a set of whole
# partitions, with one sender each: the offsets that Kafka confirms to it only grow.
BUCKETS = 6
EVERY_BUCKET = frozenset(range(BUCKETS))
_TERM = timedelta(seconds=5)
_RENEWED_EVERY = 1.0  # seconds
# No bucket: by this lease the others know that a process lives, and wants a share.
_ALIVE = -1

log = structlog.get_logger()


class Leases:
    """The buckets that are this process's own: all of them where the database is."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner
        self._buckets = frozenset[int]() if database.shared else EVERY_BUCKET
        self._until = float("-inf") if database.shared else float("inf")
        self._renewed: dict[_Claim, float] = {}

    @property
    def buckets(self) -> frozenset[int]:
        """What may be sent now. A process that was frozen finds its lease over."""
        return self._buckets if time.monotonic() < self._until else frozenset()

    async def run(self) -> None:
        """Renew until cancelled, also while a group that was sent waits for Kafka."""
        while True:
            await asyncio.sleep(_RENEWED_EVERY)
            await self._renew(hold)

    async def share(self) -> None:
        """Take what is free and give up what others should have, when nothing is being sent: two
        would send the same rows else, and see offsets that do not grow."""
        await self._renew(share)

    async def _renew(self, claim: "_Claim") -> None:
        begun = time.monotonic()
        if not self._database.shared or begun - self._renewed.get(claim, 0) < _RENEWED_EVERY:
            return
        self._renewed[claim] = begun
        try:
            held = await self._database.write(lambda conn: claim(conn, self._owner, now()))
        except (SQLAlchemyError, Overloaded) as error:
            log.warning("leases_not_renewed", error=what_happened(error))
            return
        if held != self._buckets:
            log.info("buckets_leased", buckets=sorted(held))
        self._buckets, self._until = held, begun + _TERM.total_seconds()


_Claim = Callable[[Connection, str, datetime], frozenset[int]]


def hold(conn: Connection, owner: str, at: datetime) -> frozenset[int]:
    """Renew what is held."""
    mine = _held(conn, at).get(owner, frozenset())
    _keep(conn, owner, mine, at)
    return mine


def share(conn: Connection, owner: str, at: datetime) -> frozenset[int]:
    """Renew, take and give up, so that each live process comes to a fair share."""
    held = _held(conn, at)
    mine = held.pop(owner, frozenset())
    fair = fair_share(mine, list(held.values()))
    _keep(conn, owner, fair, at)
    return fair


def fair_share(mine: frozenset[int], others: Sequence[frozenset[int]]) -> frozenset[int]:
    """Say which buckets to hold, given what each of the other live processes holds."""
    free = EVERY_BUCKET - mine - frozenset().union(*others)
    most = -(-BUCKETS // (1 + len(others)))
    return frozenset([*sorted(mine), *sorted(free)][:most])


def _held(conn: Connection, at: datetime) -> dict[str, frozenset[int]]:
    held: dict[str, frozenset[int]] = {}
    for row in conn.execute(select(leases).where(leases.c.until > at)):
        own = {row.bucket} - {_ALIVE}
        held[row.owner] = held.get(row.owner, frozenset()) | own
    return held


def _keep(conn: Connection, owner: str, buckets: frozenset[int], at: datetime) -> None:
    conn.execute(delete(leases).where((leases.c.owner == owner) | (leases.c.until <= at)))
    rows = [{"owner": owner, "bucket": b, "until": at + _TERM} for b in (_ALIVE, *buckets)]
    conn.execute(insert(leases), rows)
