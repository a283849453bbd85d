"""Where archive is put together: the one place that knows all of its parts."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

import structlog
from fastapi import FastAPI, Request
from faststream.kafka import KafkaBroker
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from services.archive import api, media, newsroom
from services.archive.announcing import Announcer
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.registry import Registry
from services.archive.catalogue.search import Search
from services.archive.catalogue.suggesting import Suggestions
from services.archive.engine.contract import EngineFailed
from services.archive.engines import engine_of
from services.archive.handlers import consuming
from services.archive.intake import Intake
from services.archive.newsroom import Desk
from services.archive.pages import browsing, routes, static
from services.archive.parts import Parts
from services.archive.rebuilding import Rebuilding
from services.archive.serving.files import Files
from services.archive.serving.making import KeptPages
from services.archive.serving.pages import Pages, room_for_pages
from services.archive.settings import ArchiveSettings
from services.archive.site import Site
from services.common import web
from services.common.auth import AdminKey
from services.common.kafka import KafkaLink, make_broker, standing, start_afresh
from services.common.media import media_store
from services.common.problems import Problem
from services.common.publishing import publisher
from services.common.said import said
from services.common.tasks import running

log = structlog.get_logger()


def build(settings: ArchiveSettings) -> FastAPI:
    """Build the application; nothing is opened before its lifespan begins."""

    site = Site(
        settings.archive_url.rstrip("/"), settings.syndicate_url.rstrip("/"), settings.publication
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = await asyncio.to_thread(engine_of, settings)
        registry = await asyncio.to_thread(Registry, engine)
        broker = make_broker(settings.kafka_bootstrap, "tinbai-archive")
        announcer = Announcer(publisher(broker))
        intake = Intake(engine, registry, announcer)
        link = KafkaLink(settings.kafka_bootstrap, partial(start_afresh, broker))
        catalogue = Catalogue(engine, registry)
        pages = room_for_pages(shared=engine.shared, basis=lambda: registry.names)
        shown_files = Files(catalogue.showing, shared=engine.shared)
        engine.tell(pages.kept.changed)
        engine.tell(shown_files.changed)
        app.state.parts = Parts(
            site,
            media_store(settings),
            engine,
            catalogue,
            Search(engine, registry),
            Suggestions(engine, registry),
            registry,
            shown_files,
            pages,
        )
        rebuilding = Rebuilding(engine, registry, intake.in_worker, settings.kafka_bootstrap)
        app.state.desk = Desk(AdminKey(settings.admin_key_file), rebuilding)
        app.state.readiness = partial(_readiness, app.state.parts, broker, link)
        try:
            work = {
                "consuming": consuming(broker, engine, intake, link),
                "announcing": announcer.run(),
                "tending": engine.tend(intake.in_worker),
                "rebuilding": rebuilding.run(),
                **({"names": registry.keep_up()} if engine.shared else {}),
            }
            async with running(**work):
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
        inner=[
            # What needs no key is public: pages of other sites may search it too.
            Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD"]),
            Middleware(
                KeptPages,
                routes=[*browsing.router.routes, *routes.router.routes],
                pages=lambda scope: pages_of(scope["app"]),
            ),
        ],
        counted={"/media/": "media"},
    )
    app.add_exception_handler(EngineFailed, _on_engine_failed)
    pages = (browsing.router, routes.router, static.router)
    for router in (*pages, media.router, api.router, newsroom.router):
        app.include_router(router)
    return app


def pages_of(app: FastAPI) -> Pages:
    """Give the pages that an application keeps, once its lifespan has begun."""
    pages: Pages = app.state.parts.pages
    return pages


async def _readiness(parts: Parts, broker: KafkaBroker, link: KafkaLink) -> Mapping[str, object]:
    kafka, behind = await standing(link, broker)
    state: dict[str, object] = {"kafka": kafka, "lag": behind}
    if parts.engine.fault:
        return state | {"ready": False, "index": parts.engine.fault}
    try:
        return state | {"ready": True, "articles": await asyncio.to_thread(parts.catalogue.count)}
    except EngineFailed as error:
        return state | {"ready": False, "index": str(error)}


async def _on_engine_failed(_: Request, error: Exception) -> Response:
    log.warning("engine_failed", error=str(error))
    detail = said("The index can't be asked just now.")
    return Problem("overloaded", detail, headers={"Retry-After": "2"}).response()
