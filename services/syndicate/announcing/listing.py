"""Which versions the feeds do not show yet, and the word that they do."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from schemas.events import ArticleEvent, Trace, VersionShown
from schemas.topics import DELIVERIES
from services.common.database import Database, Overloaded, what_happened
from services.common.ids import new_id
from services.common.instants import now
from services.syndicate.announcing import outbox
from services.syndicate.change import Change
from services.syndicate.tables import UNLISTED

_AT_ONCE = 250  # versions in one transaction, for which the intake waits
_GATHER = 0.1  # seconds: word of the first is given at once, of further ones together
_RETRY_AFTER = 1.0  # seconds

log = structlog.get_logger()


@dataclass(frozen=True)
class Unlisted:
    """A version that is kept, but that no feed shows yet."""

    seq: int
    article: UUID
    version: int
    revision: int
    """It is shown when the feeds are served as of this."""
    trace: str


class Served(Protocol):
    """What serves the feeds."""

    rendered: int
    """Every change up to this revision is served."""
    progress: asyncio.Event
    """Set whenever `rendered` grows."""


class Lister:
    """Puts the word into the outbox, beside the press: no change is held up by its commit."""

    def __init__(self, database: Database, served: Served) -> None:
        self._database = database
        self._served = served
        self.listed = asyncio.Event()
        """Set when word was put into the outbox."""

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            await self._served.progress.wait()
            self._served.progress.clear()
            try:
                await self.tell()
            except (SQLAlchemyError, Overloaded, OSError) as error:
                log.warning("listing_interrupted", error=what_happened(error))
                self._served.progress.set()
                await asyncio.sleep(_RETRY_AFTER)
            await asyncio.sleep(_GATHER)

    async def tell(self) -> None:
        """Queue the word of all that is shown now."""
        rendered = self._served.rendered
        while shown := await self._database.read(partial(unlisted, rendered=rendered)):
            await self._database.write(partial(mark_listed, shown=shown, at=now()))
            self.listed.set()


def note(
    connection: Connection, changes: Sequence[Change], effective: Sequence[bool], revision: int
) -> None:
    """Keep in mind which versions the feeds will show: with the versions, in one transaction."""
    rows = [
        {
            "article": change.article.id,
            "version": change.article.version,
            "revision": revision,
            "trace": change.trace.model_dump_json(),
        }
        for change, is_new in zip(changes, effective, strict=True)
        if is_new and isinstance(change, ArticleEvent) and change.article.public
    ]
    if rows:
        connection.execute(insert(UNLISTED), rows)


def unlisted(connection: Connection, rendered: int) -> list[Unlisted]:
    """Give those that have waited longest, as far as the feeds show them when they are served as of
    the revision `rendered`. Revisions grow with `seq`."""
    rows = connection.execute(select(UNLISTED).order_by(UNLISTED.c.seq).limit(_AT_ONCE))
    return list(takewhile(lambda each: each.revision <= rendered, (Unlisted(*r) for r in rows)))


def mark_listed(connection: Connection, shown: Sequence[Unlisted], at: datetime) -> None:
    """Queue the word that the feeds show them."""
    outbox.add(connection, [_event(version, at) for version in shown], DELIVERIES)
    connection.execute(delete(UNLISTED).where(UNLISTED.c.seq.in_([each.seq for each in shown])))


def _event(shown: Unlisted, at: datetime) -> VersionShown:
    return VersionShown(
        id=new_id(),
        time=at,
        producer="syndicate",
        trace=Trace.model_validate_json(shown.trace),
        article=shown.article,
        version=shown.version,
        where="feeds",
    )
