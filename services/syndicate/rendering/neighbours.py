"""Other processes on the same store: what they took in is rendered here too."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.common.database import Database, what_happened
from services.syndicate.rendering import feed_store
from services.syndicate.rendering.press import Press

_LOOK_EVERY = 0.5  # seconds

log = structlog.get_logger()


async def watch_neighbours(database: Database, press: Press) -> None:
    """Run until cancelled. Alone on its store, a process knows what it took in."""
    while database.shared:
        try:
            if await database.read(feed_store.newest_revision) > press.rendered:
                press.tell_changed()
        except (SQLAlchemyError, OSError) as error:
            log.warning("neighbours_not_seen", error=what_happened(error))
        await asyncio.sleep(_LOOK_EVERY)
    await asyncio.Future()
