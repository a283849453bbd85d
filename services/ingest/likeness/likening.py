"""Signs, after the answer, what was handed in while many were served."""

import asyncio
from datetime import timedelta
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from schemas.article import PUBLIC
from services.common.database import Database, Overloaded, what_happened
from services.common.instants import now
from services.common.problems import Problem
from services.ingest.likeness import likeness
from services.ingest.submission import Change, draft
from services.ingest.tables import articles, signatures, versions

_AT_ONCE = 20
_PAUSE = 0.5  # seconds: 40 articles a second at the most, so that units are served first
_LOOKED_BACK = timedelta(days=1)  # at the start
_LATE = timedelta(minutes=1)  # an id is made before its article is committed

log = structlog.get_logger()


class Likening:
    """Goes through the articles by id, and signs those that have no signature yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._after = likeness.first_id(now() - _LOOKED_BACK)

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            try:
                await self.look()
            except (SQLAlchemyError, OSError, Overloaded) as error:
                log.warning("likening_failed", error=what_happened(error))
            await asyncio.sleep(_PAUSE)

    async def look(self) -> int:
        """Sign the next articles; return how many."""
        found = await self._database.read(self._unsigned)
        if found:
            await self._database.write(lambda conn: _add(conn, found))
            log.debug("articles_signed", count=len(found))
        late = likeness.first_id(now() - _LATE)
        self._after = max(found) if len(found) == _AT_ONCE else max(self._after, late)
        return len(found)

    def _unsigned(self, conn: Connection) -> dict[str, bytes]:
        query = (
            select(articles.c.id, versions.c.submission)
            .join(versions, versions.c.article_id == articles.c.id)
            .outerjoin(signatures, signatures.c.article_id == articles.c.id)
            .where(
                articles.c.id > self._after,
                articles.c.audience == PUBLIC,
                versions.c.version == 1,
                signatures.c.article_id.is_(None),
            )
            .order_by(articles.c.id)
            .limit(_AT_ONCE)
        )
        return {row.id: _sign(row.submission) for row in conn.execute(query)}


def _add(conn: Connection, found: dict[str, bytes]) -> None:
    known = select(signatures.c.article_id).where(signatures.c.article_id.in_(found))
    for name in found.keys() - set(conn.scalars(known)):
        likeness.add(conn, UUID(name), found[name])


def _sign(submission: str) -> bytes:
    try:
        return likeness.sign(draft(Change.model_validate_json(submission)))
    except (ValidationError, Problem):
        return b""  # its text was erased, or is broken: it is like nothing
