"""One poll of one feed: fetch, read, take in, and say when the next one is due."""

import asyncio
from datetime import timedelta
from random import SystemRandom
from typing import Any

import structlog
from sqlalchemy import Row

from schemas.registry import Unit
from services.common.database import Database
from services.common.instants import now
from services.common.metrics import POLLS
from services.common.outgoing import BadStatus, Limits, Outgoing, OutgoingFailure, Reply
from services.common.said import said
from services.ingest.polling import schedule, store
from services.ingest.polling.document import NotAFeed
from services.ingest.polling.feed import Feed, parse
from services.ingest.polling.intake import Intake

_LIMITS = Limits(seconds=30, size=5 * 1024 * 1024, redirects=3)
_READ_AT_ONCE = 2  # feeds: a tree of 5 MB of tags takes some 100 MB
_NOTES = 50
_ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
_GONE = 410
_VALIDATOR = 500  # characters
_ERROR = 500

_random = SystemRandom()
log = structlog.get_logger()


class FeedPoll:
    """Polls feeds, one at each call."""

    def __init__(
        self, database: Database, outgoing: Outgoing, intake: Intake, interval: float
    ) -> None:
        self._database = database
        self._outgoing = outgoing
        self._intake = intake
        self._interval = interval
        self._reading = asyncio.Semaphore(_READ_AT_ONCE)

    async def __call__(self, poll: Row[Any], unit: Unit) -> None:
        """Poll, and store what came of it."""
        try:
            reply = await self._fetch(poll)
            feed = None if reply.status == 304 else await self._read(reply)
        except BadStatus as bad:
            if bad.status == _GONE:
                await self._gone(poll)
            else:
                await self.failed(poll, "bad_status", str(bad), bad.wish(now()))
        except OutgoingFailure as failure:
            await self.failed(poll, "not_fetched", str(failure))
        except NotAFeed as refusal:
            await self.failed(poll, "not_a_feed", str(refusal))
        else:
            await self._take(poll, unit, reply, feed)

    async def failed(
        self, poll: Row[Any], outcome: str, error: str, wish: timedelta | None = None
    ) -> None:
        """Note a failure: the next poll comes later, at each failure later still."""
        failures, at = poll.failures + 1, now()
        following = schedule.after_failure(at, self._interval, failures, wish, _jitter())
        values = {"failures": failures, "last_error": error[:_ERROR], "last_error_at": at}
        await self._finish(poll, outcome, next_at=following, **values)
        log.warning(
            "poll_failed",
            unit=poll.unit,
            outcome=outcome,
            error=error[:_ERROR],
            failures=failures,
            next_at=following.isoformat(),
        )

    async def _gone(self, poll: Row[Any]) -> None:
        error = said("the site says that there is no such feed any more (410)")
        values = {"failures": poll.failures + 1, "last_error": error, "last_error_at": now()}
        await self._finish(poll, "gone", next_at=None, **values)
        log.warning("feed_gone", unit=poll.unit)

    async def _fetch(self, poll: Row[Any]) -> Reply:
        headers = {"Accept": _ACCEPT}
        if poll.etag:
            headers["If-None-Match"] = poll.etag
        if poll.modified:
            headers["If-Modified-Since"] = poll.modified
        return await self._outgoing.call("GET", poll.feed_url, headers=headers, limits=_LIMITS)

    async def _read(self, reply: Reply) -> Feed:
        async with self._reading:
            return await asyncio.to_thread(parse, reply.content, reply.url)

    async def _take(self, poll: Row[Any], unit: Unit, reply: Reply, feed: Feed | None) -> None:
        at = now()
        values: dict[str, object] = {
            "failures": 0,
            "last_ok": at,
            "next_at": schedule.after_success(at, self._interval, _jitter()),
        }
        if feed is None:
            await self._finish(poll, "unchanged", **values)
            return
        outcomes = await self._intake.take(feed, unit, poll.since)
        # Kept only now: a poll that dies before asks for the whole feed again.
        values |= {
            "etag": _validator(reply, "ETag"),
            "modified": _validator(reply, "Last-Modified"),
            "notes": store.notes_json(feed.notes[:_NOTES]),
        }
        await self._finish(poll, "read", **values)
        log.info("feed_polled", unit=unit.code, items=len(feed.items), **outcomes)

    async def _finish(self, poll: Row[Any], outcome: str, **values: object) -> None:
        await self._database.write(lambda conn: store.finish(conn, poll, **values))
        POLLS.labels(outcome).inc()


def _validator(reply: Reply, name: str) -> str | None:
    """Give what a later request may send back."""
    value = reply.headers.get(name)
    return value if value and value.isascii() and len(value) <= _VALIDATOR else None


def _jitter() -> float:
    return _random.uniform(0.9, 1.1)
