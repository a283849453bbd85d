"""What access needs done now and then, never on the way of a request."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from services.common import trail
from services.common.database import Database, Overloaded, what_happened
from services.common.instants import now
from services.ingest.access import keys, nonces
from services.ingest.access.keyring import Keyring

_EVERY = 60.0  # seconds

log = structlog.get_logger()


class Upkeep:
    """Stores when keys were used, forgets nonces, and logs the head of the audit trail.

    The log is another place than the database: `tinbai audit verify` compares the two.
    """

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring
        self._logged = trail.Head(0, trail.BEGINNING)

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(_EVERY)

    async def once(self) -> None:
        """Do all of it once; what fails is done at the next round."""
        used, self._keyring.used = self._keyring.used, {}
        try:
            await self._database.write(lambda conn: _store(conn, used, now()))
            await self._log_head()
        except (SQLAlchemyError, OSError, Overloaded) as error:
            self._keyring.used = used | self._keyring.used
            log.warning("access_upkeep_failed", error=what_happened(error))

    async def _log_head(self) -> None:
        head = await self._database.read(trail.head)
        if head != self._logged:
            log.info("audit_head", seq=head.seq, hash=head.hash)
            self._logged = head


def _store(conn: Connection, used: Mapping[str, datetime], at: datetime) -> None:
    keys.store_uses(conn, used)
    nonces.forget(conn, at)
