"""Where syndicate is put together: the one place that knows all of its parts."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError

from services.common import web
from services.common.database import Database
from services.common.kafka import KafkaLink, make_broker, standing, start_afresh
from services.common.publishing import publisher
from services.common.tasks import running
from services.syndicate import api, store
from services.syndicate.announcing.listing import Lister
from services.syndicate.announcing.relay import Relay
from services.syndicate.feeds.site import Site
from services.syndicate.forgetting import forget_for_good
from services.syndicate.handlers import Intake, subscribe
from services.syndicate.history.pages import Pages
from services.syndicate.history.public import PublicHistory
from services.syndicate.hub import admin as hub_admin
from services.syndicate.hub import routes as hub_routes
from services.syndicate.hub.hub import Hub
from services.syndicate.migrations import migrate
from services.syndicate.partner_side import PartnerSide, add_routes
from services.syndicate.rendering import feed_store
from services.syndicate.rendering.clock import Clock
from services.syndicate.rendering.edition import Rules
from services.syndicate.rendering.neighbours import watch_neighbours
from services.syndicate.rendering.press import Press
from services.syndicate.serving.finishing import Finishing
from services.syndicate.serving.folder import Folder
from services.syndicate.serving.public import PublicFeeds
from services.syndicate.serving.shelf import Shelf, say_moments
from services.syndicate.settings import SyndicateSettings


def build(settings: SyndicateSettings) -> PublicFeeds:
    """Build the application; nothing is opened before its lifespan begins."""
    site = Site(settings.syndicate_url, settings.archive_url)
    shelf = Shelf(site)
    finishing = Finishing(shelf, Folder(settings.files))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(settings.database, migrate, "syndicate")
        try:
            press = Press(
                database, shelf, site, settings.feed_size, settings.periods, settings.publication
            )
            rules = Rules(settings.feed_size, settings.periods, repr((site, settings.publication)))
            clock = Clock(database, rules, press.tell_changed)
            pages = Pages(database, site, settings.feed_size)
            broker = make_broker(settings.kafka_bootstrap, "tinbai-syndicate")
            lister = Lister(database, press)
            partners = PartnerSide(database, site, settings, lister.listed)
            intake = Intake(database, press, pages, partners)
            store_id = await database.write(store.identity)
            subscribe(broker, intake, database, store_id)
            link = KafkaLink(settings.kafka_bootstrap, partial(start_afresh, broker))
            relay = Relay(database, publisher(broker), lister.listed)
            app.state.parts = api.Parts(database, press, pages, site, broker, link)
            hub = Hub(database, site, settings)
            shelf.tell(hub.topics.shown)
            app.state.desk = hub_routes.desk(hub, site, settings, database)
            app.state.office = partners.office
            app.state.partner_feeds = partners.feeds
            app.state.other_ways = partners.other_ways
            await clock.look()
            await press.open()
            async with running(
                kafka=link.run(),
                clock=clock.run(),
                press=press.run(),
                neighbours=watch_neighbours(database, press),
                lists=press.lists.run(),
                saving=press.saving.run(),
                listing=lister.run(),
                forgetting=forget_for_good(database),
                relay=relay.run(),
                hub=hub.run(),
                finishing=finishing.run(),
                moments=say_moments(shelf),
                **partners.work(),
            ):
                yield
            # Batches under way are finished; what they touch is rendered at the next start.
            await broker.stop()
            await partners.close()
            await press.saving.save()
        finally:
            await database.close()

    async def readiness() -> Mapping[str, object]:
        return await _readiness(app.state.parts)

    app = web.make_app(
        "syndicate",
        summary="Carries what was released to readers and papers, as feeds.",
        lifespan=lifespan,
        readiness=readiness,
    )
    app.include_router(api.router)
    app.include_router(hub_routes.router)
    app.include_router(hub_admin.router)
    app.state.allowed_targets = settings.allowed_targets
    add_routes(app)
    history = PublicHistory(lambda: app.state.parts.pages, site, behind=app)
    return PublicFeeds(shelf, behind=history)


async def _readiness(parts: api.Parts) -> Mapping[str, object]:
    kafka, behind = await standing(parts.link, parts.broker)
    state: dict[str, object] = {"kafka": kafka, "lag": behind}
    try:
        since = partial(feed_store.feeds_since, revision=parts.press.rendered)
        feeds = await parts.database.read(since)
    except DBAPIError as error:
        return state | {"ready": False, "database": str(error.orig)}
    return state | {"ready": True, "feeds_waiting": len(parts.press.behind(feeds))}
