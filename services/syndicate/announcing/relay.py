"""Moves the outbox to Kafka: at least once, whatever process dies."""

import asyncio
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.common.database import Database, Overloaded, what_happened
from services.common.metrics import OUTBOX_WAITING
from services.common.publishing import Publish, publish_all
from services.common.tasks import woken
from services.syndicate.announcing import outbox

_GROUP = 500
_LOOK_EVERY = 5.0  # seconds, should a wake-up be missed
_RETRY_AFTER = 1.0  # seconds

log = structlog.get_logger()


class Relay:
    """Woken by `added`; what Kafka does not take waits."""

    def __init__(self, database: Database, publish: Publish, added: asyncio.Event) -> None:
        self._database = database
        self._publish = publish
        self._added = added

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            self._added.clear()
            try:
                sent, waiting = await self._send_some()
            except (SQLAlchemyError, Overloaded, OSError) as error:
                log.warning("relay_interrupted", error=what_happened(error))
                sent, waiting = 0, 1
            if sent < waiting:
                await asyncio.sleep(_RETRY_AFTER)
            elif not waiting:
                await woken(self._added, _LOOK_EVERY)

    async def _send_some(self) -> tuple[int, int]:
        """Send what waits, up to a limit: how many rows were confirmed, of how many."""
        rows = await self._database.read(partial(outbox.waiting, limit=_GROUP))
        confirmed = await publish_all(self._publish, [row.message for row in rows])
        sent = [row.seq for row, ok in zip(rows, confirmed, strict=True) if ok]
        if sent:
            await self._database.write(partial(outbox.remove, rows=sent))
        OUTBOX_WAITING.set(len(rows) - len(sent))
        return len(sent), len(rows)
