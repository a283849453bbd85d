"""Where the partners' side is put together."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import FastAPI

from services.common import web
from services.common.auth import AdminKey
from services.common.database import Database
from services.common.limiter import Limiter
from services.common.outgoing import Outgoing
from services.common.upkeep import Upkeep
from services.syndicate.announcing.news import NewsTeller
from services.syndicate.changes.emitting import Emitter
from services.syndicate.changes.reassessing import Reassessor
from services.syndicate.changes.waiting import Arrivals
from services.syndicate.circle import admin as circle_admin
from services.syndicate.circle import routes as circle_routes
from services.syndicate.circle.pulls import Pulls
from services.syndicate.circle.worker import Circle
from services.syndicate.consequences import follow
from services.syndicate.deliveries import replay_routes
from services.syndicate.deliveries import routes as delivery_routes
from services.syndicate.deliveries.pushing import Pushing
from services.syndicate.explaining import routes as explaining_routes
from services.syndicate.explaining import what_if_routes
from services.syndicate.feeds.site import Site
from services.syndicate.manifests import routes as manifest_routes
from services.syndicate.partner_feeds import routes as feed_routes
from services.syndicate.partner_feeds.making import PartnerFeeds
from services.syndicate.partners import changes_routes, key_routes
from services.syndicate.partners import routes as partner_routes
from services.syndicate.partners.admission import Office
from services.syndicate.partners.keys import store_uses
from services.syndicate.settings import SyndicateSettings
from services.syndicate.ways import routes as way_routes
from services.syndicate.ways import webhook_routes, webhooks
from services.syndicate.ways.documents import Documents
from services.syndicate.ways.other_ways import Allowed, OtherWays
from services.syndicate.ways.sending import Sender

_ROUTERS = (
    partner_routes.router,
    key_routes.router,
    changes_routes.router,
    explaining_routes.router,
    explaining_routes.for_newsroom,
    what_if_routes.router,
    feed_routes.router,
    circle_routes.router,
    circle_admin.router,
    webhook_routes.router,
    way_routes.router,
    delivery_routes.router,
    replay_routes.router,
    manifest_routes.router,
    manifest_routes.for_everybody,
)


class PartnerSide:
    """All that serves partners, on one database."""

    def __init__(
        self, database: Database, site: Site, settings: SyndicateSettings, told: asyncio.Event
    ) -> None:
        self.emitter = Emitter(site, follow)
        pulls = self._pulls = Pulls(database)
        self._arrivals = Arrivals(database, site)
        self._reassessor = Reassessor(database, self.emitter, self._stored)
        self.office = Office(
            database,
            site,
            AdminKey(settings.admin_key_file),
            self._arrivals,
            self._reassessor,
            pulls.given,
            Limiter(settings.rate_per_second, settings.rate_burst, "partner"),
        )
        self.feeds = PartnerFeeds(
            database, site, settings.feed_size, settings.periods, settings.publication, pulls.fed
        )
        self._news = NewsTeller(database, told)
        call_out = partial(Outgoing, settings.allowed_targets)
        self._documents = Documents(database, site)
        allowed = Allowed(settings.partner_folders, settings.allowed_targets, settings.mail_server)
        self.other_ways = OtherWays(database, site, allowed)
        keeping = partial(Outgoing, settings.allowed_targets, idle=webhooks.KEPT)
        self._pushing = Pushing(database, site, keeping, self._senders, self._arrivals.any)
        self._circle = Circle(database, site.home, call_out, follow, pulls)
        self._upkeep = Upkeep(database, self.office.keyring, store_uses)

    def tell(self, partners: Collection[str]) -> None:
        """Say that entries of these partners were stored."""
        self._arrivals.tell(partners)

    def forget(self, articles: Collection[UUID]) -> None:
        """Drop what memory holds of these."""
        self.feeds.forget(articles)

    def look_again(self) -> None:
        """Have articles gone through where a product has changed."""
        self._reassessor.begun.set()

    def work(self) -> dict[str, Coroutine[Any, Any, None]]:
        """Give what runs in the background, by name."""
        return {
            "news": self._news.run(),
            "reassessing": self._reassessor.run(),
            "pushing": self._pushing.run(),
            "circle": self._circle.run(),
            "upkeep": self._upkeep.run(),
        }

    async def close(self) -> None:
        """Store what is only in memory yet."""
        self.other_ways.close()
        await self._upkeep.once()
        await self._pulls.store()

    def _senders(self, outgoing: Outgoing) -> Mapping[str, Sender]:
        webhook = webhooks.Webhooks(outgoing, self._documents)
        return {webhooks.KIND: webhook, **self.other_ways.senders(outgoing)}

    def _stored(self) -> None:
        self._arrivals.tell_all()


def add_routes(app: FastAPI) -> None:
    """Put the routes on; they look for `app.state.office`."""
    for router in _ROUTERS:
        web.add_routes(app, router)
