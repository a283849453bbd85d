"""A feed that was read becomes articles: its new and changed items, each by itself."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Row

from schemas.registry import Unit
from services.common.database import Database
from services.common.instants import now
from services.common.metrics import POLLED_ITEMS, SUBMISSIONS
from services.common.problems import Problem
from services.common.said import said
from services.common.trace import current_trace
from services.ingest.commands import Call
from services.ingest.polling import store
from services.ingest.polling.entry import BadEntry
from services.ingest.polling.feed import Feed, Item
from services.ingest.polling.items import draft_of
from services.ingest.polling.taking import BY, pass_over, take
from services.ingest.submission import Draft

_AT_ONCE = 32  # items, which then share a commit

log = structlog.get_logger()


class Intake:
    """Takes in what feeds bring."""

    def __init__(
        self, database: Database, archive_url: str, wake_relay: Callable[[], None]
    ) -> None:
        self._database = database
        self._archive_url = archive_url
        self._wake_relay = wake_relay

    async def take(self, feed: Feed, unit: Unit, since: datetime) -> Mapping[str, int]:
        """Take in what is new or changed; give how many items became what."""
        ids = [item.external_id for item in feed.items]
        known = await self._database.read(lambda conn: store.known(conn, unit.code, ids))
        # Sites list the newest first; here the oldest comes first.
        new = [item for item in reversed(feed.items) if _is_new(item, known)]
        outcomes: Counter[str] = Counter()
        for start in range(0, len(new), _AT_ONCE):
            group = new[start : start + _AT_ONCE]
            drafts = await asyncio.to_thread(_drafts, group, unit, since, known)
            took = (self._take_one(unit, *pair) for pair in zip(group, drafts, strict=True))
            outcomes.update(await asyncio.gather(*took))
            self._wake_relay()
        for outcome, count in outcomes.items():
            POLLED_ITEMS.labels(outcome).inc(count)
        return outcomes

    async def _take_one(self, unit: Unit, item: Item, given: Draft | BadEntry) -> str:
        call = Call(unit.code, BY, current_trace(), now(), self._archive_url)
        if isinstance(given, BadEntry):
            return await self._pass_over(call, item, given.reason)
        try:
            outcome = await self._database.write(partial(take, call=call, item=item, given=given))
        except Problem as problem:
            return await self._pass_over(call, item, str(problem))
        state = outcome.state
        if state is not None:
            log.info(
                "polled_item_taken",
                unit=unit.code,
                article=str(state.id),
                version=state.version,
                outcome=outcome.kind,
            )
            if outcome.kind != "kept":
                SUBMISSIONS.labels(state.status).inc()
        return outcome.kind

    async def _pass_over(self, call: Call, item: Item, note: str) -> str:
        await self._database.write(partial(pass_over, call=call, item=item, note=note))
        return "passed_over"


def _is_new(item: Item, known: Mapping[str, Row[Any]]) -> bool:
    row = known.get(item.external_id)
    return row is None or row.digest != item.digest


def _drafts(
    items: Sequence[Item], unit: Unit, since: datetime, known: Mapping[str, Row[Any]]
) -> list[Draft | BadEntry]:
    return [_draft(item, unit, since, known.get(item.external_id)) for item in items]


def _draft(item: Item, unit: Unit, since: datetime, known: Row[Any] | None) -> Draft | BadEntry:
    taken = known is not None and known.article_id is not None
    if item.dated is not None and item.dated < since and not taken:
        return BadEntry(said("it is from before the time at which the polls of this feed begin"))
    try:
        return draft_of(item, unit)
    except BadEntry as bad:
        return bad
