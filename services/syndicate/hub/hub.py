"""The hub: takes wishes in, and keeps its lanes going."""

import asyncio
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import and_, case, literal, or_, true
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
from services.syndicate.hub.claims import Due
from services.syndicate.hub.delivery import Delivery, Pace
from services.syndicate.hub.handshakes import Occasion, TooManyWaiting
from services.syndicate.hub.lane import Lane
from services.syndicate.hub.subscriptions import NoPlace, Places
from services.syndicate.hub.topics import Topics
from services.syndicate.hub.verification import Verification
from services.syndicate.hub.wish import Wish
from services.syndicate.settings import SyndicateSettings
from services.syndicate.tables import HUB_HANDSHAKE, HUB_SUBSCRIPTION

# Calls under way, in each lane, and to one host. A push may hold one copy of a feed in its socket.
_VERIFICATIONS = 32
_PUSHES = 192
_RETRIES = 64
_PER_HOST = 8

_COUNT_EVERY = 5.0  # seconds
_RETRY_AFTER = 1.0  # seconds

# What retractions, corrections and urgent news change first.
_EXPRESS = ("/feeds/urgent.%", "/feeds/corrections.%")

_TO_VERIFY = Due(HUB_HANDSHAKE, lambda _: true(), literal(0))
_SUBSCRIPTION = HUB_SUBSCRIPTION.c
_TO_PUSH = Due(
    HUB_SUBSCRIPTION,
    lambda at: and_(_SUBSCRIPTION.failures == 0, _SUBSCRIPTION.expires > at),
    case((or_(*map(_SUBSCRIPTION.topic.like, _EXPRESS)), 0), else_=1),
)
_TO_RETRY = Due(
    HUB_SUBSCRIPTION,
    lambda at: and_(_SUBSCRIPTION.failures > 0, _SUBSCRIPTION.expires > at),
    _TO_PUSH.rank,
)

log = structlog.get_logger()


class Hub:
    """Runs for as long as the service does.

    Callbacks that have not proved themselves, or failed last, are called in lanes of their own,
    with look-ups of names of their own: they hold up nobody who answers.
    """

    def __init__(
        self,
        database: Database,
        topics: Topics,
        site: Site,
        settings: SyndicateSettings,
        proven: Outgoing,
        doubtful: Outgoing,
    ) -> None:
        self._database = database
        self._topics = topics
        self._places = Places(settings.hub_subscriptions, settings.hub_subscriptions_per_host)
        pace = Pace(timedelta(seconds=settings.hub_pause), timedelta(seconds=settings.hub_patience))
        verify = Verification(database, doubtful, topics, self._places)
        push = Delivery(database, proven, topics, site.hub, pace)
        push_again = Delivery(database, doubtful, topics, site.hub, pace)
        self._verifying = Lane(database, _TO_VERIFY, verify, _VERIFICATIONS, _PER_HOST)
        self._pushing = Lane(database, _TO_PUSH, push, _PUSHES, _PER_HOST)
        self._retrying = Lane(database, _TO_RETRY, push_again, _RETRIES, _PER_HOST)

    async def ask(self, wish: Wish) -> None:
        """Take a wish in; its callback is asked soon. Raises Problem: no place for it now."""
        etag, occasion = self._topics.etag(wish.topic), Occasion(now(), current_trace())
        try:
            await self._database.write(
                partial(
                    handshakes.ask, wish=wish, etag=etag, places=self._places, occasion=occasion
                )
            )
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
        self._verifying.wake()

    async def run(self) -> None:
        """Run until cancelled. What is not done by then is in the store."""
        await self._take_up()
        async with asyncio.TaskGroup() as group:
            for lane in (self._verifying, self._pushing, self._retrying):
                group.create_task(lane.run())
            group.create_task(self._mark_changes())
            group.create_task(self._keep_house())

    async def _take_up(self) -> None:
        if self._database.shared:
            return  # the others have left nothing; what this one left is due again soon
        at = now()
        await self._database.write(partial(subscriptions.release, at=at))
        await self._database.write(partial(handshakes.release, at=at))

    async def _mark_changes(self) -> None:
        """Have pushed what changed: at the start that is everything."""
        while True:
            await self._topics.changed.wait()
            changed = self._topics.take_changed()
            try:
                await self._mark(changed)
            except (SQLAlchemyError, OSError, Overloaded) as error:
                log.warning("hub_changes_not_marked", error=what_happened(error))
                self._topics.put_back(changed)
                await asyncio.sleep(_RETRY_AFTER)

    async def _mark(self, changed: dict[str, str]) -> None:
        if not await self._database.read(partial(subscriptions.any_of, topics=changed)):
            return
        if await self._database.write(partial(subscriptions.mark, etags=changed, at=now())):
            self._pushing.wake()

    async def _keep_house(self) -> None:
        while True:
            try:
                await self._count()
            except (SQLAlchemyError, OSError, Overloaded) as error:
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
