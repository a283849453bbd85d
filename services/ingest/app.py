"""Where ingest is put together: the one place that knows all of its parts."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from faststream.kafka import KafkaBroker
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from services.common import web
from services.common.auth import AdminKey
from services.common.database import Database, Overloaded, what_happened
from services.common.instants import now
from services.common.kafka import KafkaLink, lag, make_broker, start_afresh
from services.common.metrics import OUTBOX_WAITING
from services.common.outgoing import Outgoing
from services.common.tasks import running
from services.ingest import (
    admin,
    api,
    batches,
    erasure_api,
    hops,
    outbox,
    registry_api,
    store,
    tracking,
)
from services.ingest.api import Parts
from services.ingest.comparison import Comparison
from services.ingest.dead_letters import DeadLetters
from services.ingest.embargo import release_embargoed
from services.ingest.erasing import Eraser
from services.ingest.handlers import subscribe
from services.ingest.keyring import Keyring
from services.ingest.leases import Leases
from services.ingest.polling import routes as polling_routes
from services.ingest.polling.poller import Poller
from services.ingest.relay import Relay
from services.ingest.settings import IngestSettings
from services.ingest.tables import tables

_HOUSEKEEPING_EVERY = 3600.0  # seconds

log = structlog.get_logger()


def build(settings: IngestSettings) -> FastAPI:
    """Build the application; nothing is opened before its lifespan begins."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(settings.database, tables.create_all, "ingest")
        try:
            comparison = Comparison(database, settings.kafka_bootstrap)
            leases = Leases(database, settings.instance)
            relay = Relay(database, settings.kafka_bootstrap, leases, comparison.want)
            topics_ready = asyncio.Event()
            broker = make_broker(settings.kafka_bootstrap, "tinbai-ingest-deliveries")
            subscribe(broker, database, await database.write(hops.database_id))

            async def kafka_is_up() -> None:
                topics_ready.set()
                relay.reconnect()
                comparison.want()
                eraser.want()
                await start_afresh(broker)

            async def relay_once_topics_are_there() -> None:
                await topics_ready.wait()
                await relay.run()

            link = KafkaLink(settings.kafka_bootstrap, kafka_is_up)
            dead_letters = DeadLetters(settings.kafka_bootstrap)
            eraser = Eraser(database, link, dead_letters, settings.media_folder, relay.wake)
            keyring = Keyring(database, AdminKey(settings.admin_key_file))
            app.state.parts = Parts(settings, database, keyring, relay.wake)
            app.state.link, app.state.broker = link, broker
            app.state.leases = leases
            app.state.eraser = eraser
            outgoing = Outgoing(settings.allowed_targets)
            app.state.poller = Poller(database, outgoing, settings, relay.wake)
            async with (
                outgoing,
                running(
                    kafka=link.run(),
                    relay=relay_once_topics_are_there(),
                    leases=leases.run(),
                    comparison=comparison.run(),
                    embargo=release_embargoed(database, settings.archive_url, relay.wake),
                    erasing=eraser.run(),
                    housekeeping=_keep_house(database),
                    polling=app.state.poller.run(),
                ),
            ):
                yield
            await broker.stop()
        finally:
            await database.close()

    async def readiness() -> Mapping[str, object]:
        state = app.state
        return await _readiness(state.parts.database, state.link, state.broker, state.leases)

    app = web.make_app(
        "ingest",
        summary="Takes in what the units submit, keeps it, and tells the others.",
        lifespan=lifespan,
        readiness=readiness,
    )
    app.include_router(api.router)
    app.include_router(batches.router)
    app.include_router(admin.router)
    app.include_router(erasure_api.router)
    app.include_router(registry_api.router)
    app.include_router(tracking.router)
    app.include_router(polling_routes.router)
    app.get("/", include_in_schema=False)(_about)
    return app


async def _about() -> Response:
    return JSONResponse(
        {
            "service": "tinbai ingest",
            "what": "Units submit, correct and take back their articles here.",
            "documentation": "/docs",
            "submit": "POST /v1/articles",
            "health": "/readyz",
        }
    )


async def _keep_house(database: Database) -> None:
    while True:
        try:
            await database.write(lambda conn: store.forget_answers(conn, now()))
        except (SQLAlchemyError, Overloaded) as error:
            log.warning("housekeeping_failed", error=what_happened(error))
        await asyncio.sleep(_HOUSEKEEPING_EVERY)


async def _readiness(
    database: Database, link: KafkaLink, broker: KafkaBroker, leases: Leases
) -> Mapping[str, object]:
    state: dict[str, object] = {"kafka": link.state, "buckets": len(leases.buckets)}
    try:
        waiting = await database.read(outbox.count_waiting)
    except SQLAlchemyError as error:
        return state | {"ready": False, "database": what_happened(error)}
    OUTBOX_WAITING.set(waiting)
    return state | {"ready": True, "lag": {"outbox": waiting, **await lag(broker)}}
