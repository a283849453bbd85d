"""After a change of product: every article is gone through again, some at a time."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from schemas.article import Article
from services.common.database import Database, Overloaded, what_happened
from services.common.tasks import woken
from services.common.trace import current_trace
from services.syndicate.changes.emitting import Emitter, Release
from services.syndicate.partner_tables import REASSESSING
from services.syndicate.tables import ARTICLE

_AT_ONCE = 100  # articles in one transaction, for which the intake waits
_REST = 0.02  # seconds between two of them
_LOOK_EVERY = 5.0  # seconds, should a wake-up be missed
_RETRY_AFTER = 1.0  # seconds

log = structlog.get_logger()


class Reassessor:
    """Tells partners what came and went with a change of their product."""

    def __init__(self, database: Database, emitter: Emitter, stored: Callable[[], None]) -> None:
        self._database = database
        self._emitter = emitter
        self._stored = stored
        """Called when entries may have been stored."""
        self.begun = asyncio.Event()
        """To be set after the transaction of `begin`."""

    def begin(self, connection: Connection, partner: str) -> None:
        """Go through all articles for a partner, from the first on; through some of them at once,
        so that where there are few, the change is done with its own transaction."""
        connection.execute(delete(REASSESSING).where(REASSESSING.c.partner == partner))
        connection.execute(insert(REASSESSING).values(partner=partner, after=None))
        self._go_on(connection, partner)

    async def run(self) -> None:
        """Run until cancelled. The table says what is left to do, after a crash too."""
        while True:
            self.begun.clear()
            self._stored()
            try:
                while waiting := await self._database.read(_waiting):
                    for each in waiting:
                        await self._database.write(partial(self._go_on, partner=each))
                        self._stored()
                        await asyncio.sleep(_REST)
            except (SQLAlchemyError, Overloaded, OSError) as error:
                log.warning("reassessing_interrupted", error=what_happened(error))
                await asyncio.sleep(_RETRY_AFTER)
            await woken(self.begun, _LOOK_EVERY)

    def _go_on(self, connection: Connection, partner: str) -> None:
        query = select(REASSESSING.c.after).where(REASSESSING.c.partner == partner)
        if (row := connection.execute(query).one_or_none()) is None:
            return
        found = _next(connection, row.after)
        trace = current_trace()
        releases = [Release(article, trace) for _, article in found if article]
        self._emitter.emit_to(connection, partner, releases)
        mine = REASSESSING.c.partner == partner
        if len(found) < _AT_ONCE:
            connection.execute(delete(REASSESSING).where(mine))
        else:
            connection.execute(update(REASSESSING).where(mine).values(after=found[-1][0]))


def _waiting(connection: Connection) -> Sequence[str]:
    return connection.scalars(select(REASSESSING.c.partner)).all()


def _next(connection: Connection, after: UUID | None) -> list[tuple[UUID, Article | None]]:
    query = select(ARTICLE.c.id, ARTICLE.c.json).order_by(ARTICLE.c.id).limit(_AT_ONCE)
    if after is not None:
        query = query.where(ARTICLE.c.id > after)
    return [
        (row.id, Article.model_validate_json(row.json) if row.json else None)
        for row in connection.execute(query)
    ]
