"""Releases embargoed articles when their time has come: never before it."""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy.exc import DBAPIError

from services.common.database import Database
from services.common.instants import now
from services.ingest import commands, store

_LOOK_EVERY = 0.25  # seconds

log = structlog.get_logger()


async def release_embargoed(database: Database, archive_url: str, wake: Callable[[], None]) -> None:
    """Run until cancelled. The time is compared with what the database holds, at each look."""
    while True:
        try:
            if await database.read(lambda conn: store.embargoed_until(conn, now(), limit=1)):
                released = await database.write(
                    lambda conn: commands.release_due(conn, now(), archive_url)
                )
                wake()
                for state in released:
                    log.info("embargo_ended", article=str(state.id), version=state.version)
        except DBAPIError as error:
            log.error("embargo_look_failed", error=str(error.orig))  # noqa: TRY400 - no traceback
        await asyncio.sleep(_LOOK_EVERY)
