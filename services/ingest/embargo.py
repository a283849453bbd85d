"""Releases embargoed articles when their time has come: never before it."""

import asyncio
from collections.abc import Callable
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.common.database import Database, Overloaded, store_is_at_fault, what_happened
from services.common.instants import now
from services.ingest import commands, store
from services.ingest.lifecycle import State

_LOOK_EVERY = 0.25  # seconds
_AT_ONCE = 200

log = structlog.get_logger()


async def release_embargoed(database: Database, archive_url: str, wake: Callable[[], None]) -> None:
    """Run until cancelled. The time is compared with what the database holds, at each look."""
    while True:
        try:
            for held in await database.read(
                lambda conn: store.embargoed_until(conn, now(), _AT_ONCE)
            ):
                await _release(database, held, archive_url)
                wake()
        except (SQLAlchemyError, OSError, Overloaded) as error:
            log.warning("embargo_look_failed", error=what_happened(error))
        await asyncio.sleep(_LOOK_EVERY)


async def _release(database: Database, held: State, archive_url: str) -> None:
    place = {"article": str(held.id), "version": held.version}
    try:
        released = await database.write(
            partial(commands.release, held=held, now=now(), archive_url=archive_url)
        )
    except Exception as error:
        if store_is_at_fault(error):
            raise
        # It hurts only itself: the newsroom finds it among those that wait for review.
        log.exception("embargoed_article_not_released", **place)
        await database.write(partial(commands.set_aside, held=held))
    else:
        if released:
            log.info("embargo_ended", **place)
