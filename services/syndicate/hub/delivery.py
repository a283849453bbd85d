"""Carries a topic to one subscriber (WebSub, section 7)."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from services.common.database import Database
from services.common.instants import now
from services.common.metrics import HUB_DROPPED, HUB_PUSHES
from services.common.outgoing import BadStatus, Limits, Outgoing, OutgoingFailure
from services.common.trace import current_trace
from services.syndicate.feeds.binding import Document
from services.syndicate.hub import handshakes, subscriptions
from services.syndicate.hub.handshakes import Occasion
from services.syndicate.hub.retries import next_try
from services.syndicate.hub.topics import Topics

_LIMITS = Limits(seconds=10, size=None)
_GONE = 410

log = structlog.get_logger()


@dataclass(frozen=True)
class Pace:
    """How long to wait for a subscriber."""

    pause: timedelta
    """After a push that was taken; what changes meanwhile goes together."""
    patience: timedelta
    """With one that takes nothing."""


class Delivery:
    """Makes one push at each call: of what is served at that moment, never of anything older."""

    def __init__(
        self, database: Database, outgoing: Outgoing, topics: Topics, hub: str, pace: Pace
    ) -> None:
        self._database = database
        self._outgoing = outgoing
        self._topics = topics
        self._hub = hub
        self._pace = pace

    async def __call__(self, to: Row[Any]) -> None:
        """Push, and store what came of it."""
        document = self._topics.now(to.topic)
        if document is None:  # not rendered yet since the start: it is due again when it is
            await self._database.write(partial(subscriptions.rest, seq=to.seq))
            return
        try:
            if document.etag != to.pushed:
                await self._push(to, document)
        except BadStatus as bad:
            if bad.status == _GONE:
                await self._gone(to)
            else:
                await self._failed(to, "bad_status", bad, bad.wish(now()))
        except OutgoingFailure as failure:
            await self._failed(to, "not_sent", failure)
        else:
            await self._taken(to, document)

    async def broke(self, to: Row[Any]) -> None:
        """Count it as a failure."""
        await self._failed(to, "broke", OutgoingFailure("a fault of ours"))

    async def _push(self, to: Row[Any], document: Document) -> None:
        headers = headers_of(document, self._topics.url(to.topic), self._hub, to.secret)
        reply = await self._outgoing.call(
            "POST", to.callback, headers=headers, content=document.body, limits=_LIMITS
        )
        if reply.status // 100 != 2:
            raise BadStatus(reply.status, reply.headers)

    async def _taken(self, to: Row[Any], document: Document) -> None:
        now_etag = self._topics.etag(to.topic)
        await self._database.write(
            partial(
                subscriptions.taken,
                seq=to.seq,
                etag=document.etag,
                now_etag=now_etag,
                not_before=now() + self._pace.pause,
            )
        )
        HUB_PUSHES.labels("taken").inc()

    async def _failed(
        self,
        to: Row[Any],
        outcome: str,
        failure: OutgoingFailure,
        wish: timedelta | None = None,
    ) -> None:
        HUB_PUSHES.labels(outcome).inc()
        at, failures = now(), to.failures + 1
        log.warning(
            "hub_push_failed", topic=to.topic, host=to.host, failures=failures, error=str(failure)
        )
        if to.failing_since and at - to.failing_since > self._pace.patience:
            await self._deny(to, "dead", "the callback has taken nothing for too long")
            return
        due_at = next_try(at, failures, wish)
        await self._database.write(partial(subscriptions.failed, seq=to.seq, at=at, due_at=due_at))

    async def _gone(self, to: Row[Any]) -> None:
        def end(connection: Connection) -> None:
            subscriptions.end(connection, to.topic, to.callback)

        await self._database.write(end)
        HUB_PUSHES.labels("gone").inc()
        _dropped(to, "gone")

    async def _deny(self, to: Row[Any], reason: str, told: str) -> None:
        await self._database.write(
            partial(
                handshakes.deny,
                of=to,
                topic_url=self._topics.url(to.topic),
                reason=told,
                occasion=Occasion(now(), current_trace()),
            )
        )
        _dropped(to, reason)


def headers_of(document: Document, topic: str, hub: str, secret: str | None) -> dict[str, str]:
    """Give the headers of a push (WebSub, sections 7 and 7.1)."""
    headers = {
        "Content-Type": document.content_type,
        "Link": f'<{hub}>; rel="hub", <{topic}>; rel="self"',
    }
    if secret:
        signature = hmac.digest(secret.encode(), document.body, "sha256").hex()
        headers["X-Hub-Signature"] = f"sha256={signature}"
    return headers


def _dropped(to: Row[Any], reason: str) -> None:
    HUB_DROPPED.labels(reason).inc()
    log.warning("hub_subscriber_dropped", topic=to.topic, host=to.host, reason=reason)
