"""What happened to versions at partners, until it is told to the topic `deliveries`.

It is noted in the transaction of what happened, and told together: one event for all partners that
share a version, a state and its detail.
"""

import asyncio
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, Row, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from schemas.events import DeliveryChanged, DeliveryState, Trace
from schemas.topics import DELIVERIES
from services.common.database import Database, Overloaded, what_happened
from services.common.ids import new_id
from services.syndicate.announcing import outbox
from services.syndicate.partner_tables import DELIVERY_NEWS

_GATHER = 1.0  # seconds
_AT_ONCE = 2000  # rows in one transaction, for which the intake waits
_PARTNERS = 500  # in one event

log = structlog.get_logger()


@dataclass(frozen=True)
class News:
    """Something that happened to a version at one partner."""

    article: UUID
    version: int
    partner: str
    state: DeliveryState
    at: datetime
    trace: str
    """JSON of schemas.events.Trace, as rows keep it: the request that this follows from."""
    detail: str = ""
    """A line for the unit and the newsroom: no word of the article, no key, no address. What is
    said alike of several partners is told as one."""


def note(connection: Connection, news: Iterable[News]) -> None:
    """Have it told, soon after the caller's transaction."""
    rows = [
        {
            "article": shared.first.article,
            "version": shared.first.version,
            "state": shared.first.state,
            "partners": json.dumps(sorted(shared.partners)),
            "detail": shared.first.detail,
            "at": shared.first.at,
            "trace": shared.first.trace,
        }
        for shared in _shared((each, {each.partner}) for each in news)
    ]
    if rows:
        connection.execute(insert(DELIVERY_NEWS), rows)


class NewsTeller:
    """Moves the news to the outbox."""

    def __init__(self, database: Database, added: asyncio.Event) -> None:
        self._database = database
        self._added = added  # to the outbox

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            try:
                more = await self.tell()
            except (SQLAlchemyError, Overloaded, OSError) as error:
                log.warning("news_interrupted", error=what_happened(error))
                more = False
            if not more:
                await asyncio.sleep(_GATHER)

    async def tell(self) -> bool:
        """Queue the word of what was noted, as far as it is done at once: whether there may be
        more."""
        if not await self._database.read(partial(_waiting, limit=1)):
            return False
        told = await self._database.write(tell_some)
        self._added.set()
        return told == _AT_ONCE


def tell_some(connection: Connection) -> int:
    """Move the oldest news to the outbox; say how many there were."""
    rows = _waiting(connection, _AT_ONCE)
    outbox.add(connection, _events(rows), DELIVERIES)
    seqs = [row.seq for row in rows]
    connection.execute(delete(DELIVERY_NEWS).where(DELIVERY_NEWS.c.seq.in_(seqs)))
    return len(rows)


@dataclass(frozen=True)
class _Shared:
    """What happened to several partners alike."""

    first: News
    partners: set[str]


def _shared(news: Iterable[tuple[News, Collection[str]]]) -> Collection[_Shared]:
    """Put together what is alike, in the order in which it first happened."""
    shared: dict[tuple[UUID, int, str, str], _Shared] = {}
    for each, partners in news:
        key = (each.article, each.version, each.state, each.detail)
        shared.setdefault(key, _Shared(each, set())).partners.update(partners)
    return shared.values()


def _events(rows: Sequence[Row[Any]]) -> Iterator[DeliveryChanged]:
    for shared in _shared((_news(row), json.loads(row.partners)) for row in rows):
        first, partners = shared.first, sorted(shared.partners)
        for start in range(0, len(partners), _PARTNERS):
            try:
                yield _event(first, partners[start : start + _PARTNERS])
            except ValidationError as error:  # a fault of ours; it must not hold up the rest
                fields = [each["loc"] for each in error.errors(include_input=False)]
                log.error("news_not_told", article=str(first.article), fields=fields)  # noqa: TRY400


def _event(news: News, partners: list[str]) -> DeliveryChanged:
    return DeliveryChanged(
        id=new_id(),
        time=news.at,
        producer="syndicate",
        trace=Trace.model_validate_json(news.trace),
        article=news.article,
        version=news.version,
        state=news.state,
        partners=partners,
        detail=news.detail,
    )


def _waiting(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    rows = connection.execute(select(DELIVERY_NEWS).order_by(DELIVERY_NEWS.c.seq).limit(limit))
    return rows.all()


def _news(row: Row[Any]) -> News:
    return News(row.article, row.version, "", row.state, row.at, row.trace, row.detail)
