"""Where archive is put together: the one place that knows all of its parts."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from faststream.kafka import KafkaBroker

from services.archive import api, media
from services.archive.announcing import Announcer
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.registry import Registry
from services.archive.catalogue.search import Search
from services.archive.catalogue.suggesting import Suggestions
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.handlers import subscribe
from services.archive.intake import Intake
from services.archive.pages import routes
from services.archive.parts import Parts
from services.archive.settings import ArchiveSettings
from services.archive.site import Site
from services.common import web
from services.common.kafka import KafkaLink, make_broker, standing, start_afresh
from services.common.media import media_store
from services.common.publishing import publisher
from services.common.tasks import running


def build(settings: ArchiveSettings) -> FastAPI:
    """Build the application; nothing is opened before its lifespan begins."""

    site = Site(settings.archive_url.rstrip("/"), settings.syndicate_url.rstrip("/"))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = await asyncio.to_thread(EmbeddedEngine, settings.index_folder)
        registry = Registry(engine)
        broker = make_broker(settings.kafka_bootstrap, "tinbai-archive")
        announcer = Announcer(publisher(broker))
        intake = Intake(engine, registry, announcer)
        subscribe(broker, engine, intake)
        link = KafkaLink(settings.kafka_bootstrap, partial(start_afresh, broker))
        catalogue = Catalogue(engine, registry)
        app.state.parts = Parts(
            site,
            media_store(settings),
            engine,
            catalogue,
            Search(engine, registry),
            Suggestions(engine, registry),
            registry,
        )
        app.state.readiness = partial(_readiness, app.state.parts, broker, link)
        try:
            tending = engine.tend(intake.in_worker)
            async with running(kafka=link.run(), announcing=announcer.run(), tending=tending):
                yield
            # Batches under way are finished first.
            await broker.stop()
        finally:
            await intake.close()
            engine.close()

    async def readiness() -> Mapping[str, object]:
        answer: Mapping[str, object] = await app.state.readiness()
        return answer

    app = web.make_app(
        "archive",
        summary="Keeps what was published, finds it again, and shows it.",
        lifespan=lifespan,
        readiness=readiness,
    )
    for router in (routes.router, media.router, api.router):
        app.include_router(router)
    return app


async def _readiness(parts: Parts, broker: KafkaBroker, link: KafkaLink) -> Mapping[str, object]:
    kafka, behind = await standing(link, broker)
    state: dict[str, object] = {"kafka": kafka, "lag": behind}
    if parts.engine.fault:
        return state | {"ready": False, "index": parts.engine.fault}
    return state | {"ready": True, "articles": await asyncio.to_thread(parts.catalogue.count)}
