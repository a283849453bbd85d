"""Asks callbacks whether they want what was asked for in their name, and tells them of denials
(WebSub, sections 5.2 and 5.3)."""

from datetime import datetime
from enum import StrEnum
from functools import partial
from secrets import token_urlsafe
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from schemas.events import Trace
from services.common.database import Database
from services.common.instants import now
from services.common.metrics import HUB_DROPPED, HUB_HANDSHAKES
from services.common.outgoing import (
    Limits,
    Outgoing,
    OutgoingFailure,
    TooSlow,
    TransportFailed,
)
from services.common.trace import tracing
from services.syndicate.hub import handshakes, subscriptions
from services.syndicate.hub.addresses import with_query
from services.syndicate.hub.handshakes import Occasion
from services.syndicate.hub.retries import next_try
from services.syndicate.hub.subscriptions import NoPlace, Places
from services.syndicate.hub.topics import Topics
from services.syndicate.hub.wish import Mode

_LIMITS = Limits(seconds=10, size=1000)
_ATTEMPTS = 3
_NO_PLACE = "there are as many subscriptions as this hub takes"

log = structlog.get_logger()


class Outcome(StrEnum):
    """What came of a handshake."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    REPLACED = "replaced"
    """A newer request came meanwhile, which is verified by itself."""
    DENIED = "denied"
    TOLD = "told"
    BROKE = "broke"
    """By a fault of ours."""


class Verification:
    """Makes one handshake at each call."""

    def __init__(
        self, database: Database, outgoing: Outgoing, topics: Topics, places: Places
    ) -> None:
        self._database = database
        self._outgoing = outgoing
        self._topics = topics
        self._places = places

    async def __call__(self, asked: Row[Any]) -> None:
        """Call the callback, and store what came of it."""
        with tracing(Trace.model_validate_json(asked.trace)):
            at = now()
            try:
                agreed = await self._call(asked)
            except (TooSlow, TransportFailed) as failure:
                await self._unreachable(asked, failure)
            except OutgoingFailure as failure:
                await self._settle(asked, Outcome.REFUSED, error=str(failure))
            else:
                await (self._agreed(asked, at) if agreed else self._refused(asked))

    async def broke(self, asked: Row[Any]) -> None:
        """Give it up."""
        await self._settle(asked, Outcome.BROKE)

    async def _call(self, asked: Row[Any]) -> bool:
        """Tell whether the callback agrees. The challenge is new at each attempt."""
        fields = {"hub.mode": asked.mode, "hub.topic": asked.topic_url}
        if asked.mode == Mode.DENIED:
            url = with_query(asked.callback, fields | {"hub.reason": asked.reason})
            await self._outgoing.call("GET", url, limits=_LIMITS)
            return True
        challenge = token_urlsafe(32)
        fields["hub.challenge"] = challenge
        if asked.mode == Mode.SUBSCRIBE:
            fields["hub.lease_seconds"] = str(asked.lease)
        url = with_query(asked.callback, fields)
        reply = await self._outgoing.call("GET", url, limits=_LIMITS)
        return reply.status // 100 == 2 and reply.content == challenge.encode()

    async def _agreed(self, asked: Row[Any], at: datetime) -> None:
        if asked.mode == Mode.DENIED:
            await self._settle(asked, Outcome.TOLD)
            return
        etag = self._topics.etag(asked.topic)
        outcome = await self._database.write(
            partial(_confirm, asked=asked, at=at, now_etag=etag, places=self._places)
        )
        _report(asked, outcome)
        if outcome is Outcome.CONFIRMED and asked.mode == Mode.UNSUBSCRIBE:
            HUB_DROPPED.labels("unsubscribed").inc()

    async def _refused(self, asked: Row[Any]) -> None:
        await self._settle(asked, Outcome.REFUSED, error="the answer is not the challenge")

    async def _unreachable(self, asked: Row[Any], failure: OutgoingFailure) -> None:
        attempts = asked.attempts + 1
        if attempts >= _ATTEMPTS:
            await self._settle(asked, Outcome.UNREACHABLE, error=str(failure))
            return
        due_at = next_try(now(), attempts)
        await self._database.write(partial(handshakes.postpone, seq=asked.seq, due_at=due_at))

    async def _settle(self, asked: Row[Any], outcome: Outcome, **more: str) -> None:
        """End it without an effect: a subscription that is there stays as it is."""
        await self._database.write(partial(handshakes.settle, seq=asked.seq))
        _report(asked, outcome, **more)


def _confirm(
    connection: Connection, asked: Row[Any], at: datetime, now_etag: str, places: Places
) -> Outcome:
    if not handshakes.settle(connection, asked.seq):
        return Outcome.REPLACED
    if asked.mode == Mode.UNSUBSCRIBE:
        subscriptions.end(connection, asked.topic, asked.callback)
        return Outcome.CONFIRMED
    try:
        subscriptions.keep(connection, asked, at, now_etag, places)
    except NoPlace:
        occasion = Occasion(at, Trace.model_validate_json(asked.trace))
        handshakes.deny(connection, asked, asked.topic_url, _NO_PLACE, occasion)
        return Outcome.DENIED
    return Outcome.CONFIRMED


def _report(asked: Row[Any], outcome: Outcome, **more: str) -> None:
    HUB_HANDSHAKES.labels(asked.mode, outcome).inc()
    what = {"mode": asked.mode, "topic": asked.topic, "host": asked.host}
    log.info("hub_handshake", **what, outcome=outcome, **more)
