"""After an erasure: no byte of the text stays in the database's files."""

import asyncio
from collections.abc import Collection, Mapping
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from services.common.database import Database, Overloaded, what_happened
from services.syndicate.lists import store as list_store
from services.syndicate.tables import DOCUMENT, FEED, FORGETTING

_LOOK_EVERY = 1.0  # seconds: soon enough, and a look costs next to nothing
_RETRY_AFTER = 5.0  # seconds

log = structlog.get_logger()


async def forget_for_good(database: Database) -> None:
    """Run until cancelled. The table says what is left to do, after a crash too."""
    while True:
        pause = _LOOK_EVERY
        try:
            await forget_once(database)
        except (OSError, SQLAlchemyError, Overloaded) as error:
            log.warning("forgetting_interrupted", error=what_happened(error))
            pause = _RETRY_AFTER
        await asyncio.sleep(pause)


async def forget_once(database: Database) -> bool:
    """Write the files anew if some article is to be forgotten and the saved feeds are without it;
    say whether they were."""
    rows, revisions = await database.read(_wanted)
    if not rows:
        return False
    # What the feeds were when it was found: under load they change again before all are saved.
    while not await database.read(partial(_saved_since, revisions=revisions)):  # noqa: ASYNC110
        await asyncio.sleep(_LOOK_EVERY)
    await database.forget()
    await database.write(partial(_note_done, rows=rows))
    log.info("text_forgotten", count=len(rows))
    return True


def note_forgotten(connection: Connection, articles: Collection[UUID]) -> None:
    """Note that these have text in the files which must go."""
    if articles:
        connection.execute(insert(FORGETTING), [{"article": each} for each in articles])


def _wanted(connection: Connection) -> tuple[list[int], Mapping[str, int]]:
    rows = list(connection.scalars(select(FORGETTING.c.seq)))
    if not rows:
        return [], {}
    feeds = connection.execute(select(FEED.c.name, FEED.c.revision))
    revisions = {feed.name: feed.revision for feed in feeds}
    return rows, revisions | {each.name: each.revision for each in list_store.lists(connection)}


def _saved_since(connection: Connection, revisions: Mapping[str, int]) -> bool:
    """Whether no saved feed is older than `revisions`."""
    query = select(DOCUMENT.c.feed, func.min(DOCUMENT.c.revision)).group_by(DOCUMENT.c.feed)
    return all(saved >= revisions.get(feed, 0) for feed, saved in connection.execute(query))


def _note_done(connection: Connection, rows: Collection[int]) -> None:
    connection.execute(delete(FORGETTING).where(FORGETTING.c.seq.in_(rows)))
