"""The hub: takes wishes in, and keeps its lanes going."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row
from sqlalchemy.exc import SQLAlchemyError

from services.common.database import Database, Overloaded, what_happened
from services.common.instants import now
from services.common.metrics import HUB_DROPPED, HUB_PENDING, HUB_SUBSCRIPTIONS
from services.common.outgoing import Outgoing
from services.common.problems import Problem
from services.common.said import said
from services.common.trace import current_trace
from services.syndicate.feeds.site import Site
from services.syndicate.hub import handshakes, subscriptions
from services.syndicate.hub.delivery import Delivery, Pace
from services.syndicate.hub.due import TO_PUSH, TO_RETRY, TO_VERIFY
from services.syndicate.hub.handshakes import NoSuchTopic, Occasion, TooManyWaiting
from services.syndicate.hub.subscriptions import NoPlace, Places
from services.syndicate.hub.topics import Topics
from services.syndicate.hub.verification import Verification
from services.syndicate.hub.wish import Wish, unknown_topic
from services.syndicate.lanes.lane import Bounds, Lane
from services.syndicate.settings import SyndicateSettings

# Calls under way, in each lane, and to one host. A push may hold one copy of a feed in its socket.
_VERIFICATIONS = 64  # at 10 s each, more than one address may ask for in a minute
_PUSHES = 192
_RETRIES = 64
_PER_HOST = 8

_COUNT_EVERY = 5.0  # seconds
_RETRY_AFTER = 1.0  # seconds

_STORE = (SQLAlchemyError, OSError, Overloaded)

log = structlog.get_logger()


class Hub:
    """Runs for as long as the service does.

    Callbacks that have not proved themselves, or failed last, are called in lanes of their own,
    with look-ups of names of their own: they hold up nobody who answers.
    """

    def __init__(
        self,
        database: Database,
        site: Site,
        settings: SyndicateSettings,
        call_out: Callable[[], Outgoing] | None = None,
    ) -> None:
        self._database = database
        self._hub = site.hub
        self._call_out = call_out or partial(Outgoing, settings.allowed_targets)
        self._places = Places(settings.hub_subscriptions, settings.hub_subscriptions_per_host)
        self._pace = Pace(
            timedelta(seconds=settings.hub_pause), timedelta(seconds=settings.hub_patience)
        )
        self._asked = asyncio.Event()
        self._changed = asyncio.Event()
        self.topics = Topics(site)
        """What can be subscribed to."""

    async def ask(self, wish: Wish) -> None:
        """Take a wish in; its callback is asked soon. Raises Problem: no place for it now."""
        etag, occasion = self.topics.etag(wish.topic), Occasion(now(), current_trace())
        try:
            await self._database.write(
                partial(
                    handshakes.ask, wish=wish, etag=etag, places=self._places, occasion=occasion
                )
            )
        except NoSuchTopic:
            raise Problem("invalid", errors=[unknown_topic()]) from None
        except NoPlace:
            raise Problem(
                "too-many-requests",
                said("There are as many subscriptions as there may be."),
                headers={"Retry-After": "3600"},
            ) from None
        except TooManyWaiting:
            raise Problem(
                "overloaded",
                said("Too many requests wait to be verified."),
                headers={"Retry-After": "10"},
            ) from None
        log.info("hub_asked", mode=wish.mode, topic=wish.topic, host=wish.host)
        self._asked.set()

    async def knows(self, wish: Wish) -> bool:
        """Whether it is about a subscription that there is."""
        find = partial(subscriptions.find, topic=wish.topic, callback=wish.callback)
        return await self._database.read(find) is not None

    async def run(self) -> None:
        """Run until cancelled. What is not done by then is in the store."""
        async with (
            self._call_out() as proven,
            self._call_out() as doubtful,
            asyncio.TaskGroup() as group,
        ):
            for lane in self._lanes(proven, doubtful):
                group.create_task(lane.run())
            group.create_task(self._take_up())
            group.create_task(self._mark_changes())
            group.create_task(self._keep_house())

    def _lanes(self, proven: Outgoing, doubtful: Outgoing) -> Iterable[Lane[Row[Any]]]:
        database, topics = self._database, self.topics
        verify = Verification(database, doubtful, topics, self._places, self._changed)
        push = Delivery(database, proven, topics, self._hub, self._pace)
        push_again = Delivery(database, doubtful, topics, self._hub, self._pace)
        yield Lane(database, TO_VERIFY, verify, Bounds(_VERIFICATIONS, _PER_HOST), self._asked)
        yield Lane(database, TO_PUSH, push, Bounds(_PUSHES, _PER_HOST), self._changed)
        yield Lane(database, TO_RETRY, push_again, Bounds(_RETRIES, _PER_HOST), asyncio.Event())

    async def _take_up(self) -> None:
        """Do at once what was left when this process ended; with others beside it, it is not known
        whose it is: it is due again when its claim ends."""
        while not self._database.shared:
            try:
                await self._database.write(partial(_release, at=now()))
            except _STORE as error:
                log.warning("hub_not_taken_up", error=what_happened(error))
                await asyncio.sleep(_RETRY_AFTER)
            else:
                self._asked.set()
                self._changed.set()
                return

    async def _mark_changes(self) -> None:
        """Have pushed what changed: at the start that is everything."""
        while True:
            await self.topics.changed.wait()
            changed = self.topics.take_changed()
            try:
                await self._mark(changed)
            except _STORE as error:
                log.warning("hub_changes_not_marked", error=what_happened(error))
                self.topics.put_back(changed)
                await asyncio.sleep(_RETRY_AFTER)

    async def _mark(self, changed: dict[str, str]) -> None:
        if not await self._database.read(partial(subscriptions.any_of, topics=changed)):
            return
        if await self._database.write(partial(subscriptions.mark, etags=changed, at=now())):
            self._changed.set()

    async def _keep_house(self) -> None:
        while True:
            try:
                await self._count()
            except _STORE as error:
                log.warning("hub_not_counted", error=what_happened(error))
            await asyncio.sleep(_COUNT_EVERY)

    async def _count(self) -> None:
        at = now()
        active, pending, expired = await self._database.read(partial(subscriptions.counts, at=at))
        if expired:
            ended = await self._database.write(partial(subscriptions.end_expired, at=at))
            HUB_DROPPED.labels("expired").inc(ended)
            log.info("hub_leases_ended", count=ended)
        HUB_SUBSCRIPTIONS.set(active - expired)
        HUB_PENDING.set(pending)


def _release(connection: Connection, at: datetime) -> None:
    subscriptions.release(connection, at)
    handshakes.release(connection, at)
