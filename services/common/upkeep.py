"""What keys and the audit trail need done now and then, never on the way of a request."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from services.common import trail
from services.common.database import Database, Overloaded, what_happened
from services.common.instants import now

_EVERY = 60.0  # seconds

KeyId = TypeVar("KeyId")

log = structlog.get_logger()


class Noting(Protocol[KeyId]):
    """Who notes when keys were used."""

    used: dict[KeyId, datetime]


class Upkeep(Generic[KeyId]):
    """Stores when keys were used, and logs the head of the audit trail.

    The log is another place than the database: `tinbai audit verify` compares the two.
    """

    def __init__(
        self,
        database: Database,
        keyring: Noting[KeyId],
        store: Callable[[Connection, dict[KeyId, datetime], datetime], None],
    ) -> None:
        """Take `store`, which keeps what was noted, and does what else there is at that time."""
        self._database = database
        self._keyring = keyring
        self._store = store
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
            await self._database.write(lambda conn: self._store(conn, used, now()))
            await self._log_head()
        except (SQLAlchemyError, OSError, Overloaded) as error:
            self._keyring.used = used | self._keyring.used
            log.warning("access_upkeep_failed", error=what_happened(error))

    async def _log_head(self) -> None:
        head = await self._database.read(trail.head)
        if head != self._logged:
            log.info("audit_head", seq=head.seq, hash=head.hash)
            self._logged = head
