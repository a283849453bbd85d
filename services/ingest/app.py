"""Where ingest is put together: the one place that knows all of its parts."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog
from fastapi import FastAPI
from faststream.kafka import KafkaBroker
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from services.common import web
from services.common.auth import AdminKey
from services.common.database import Database, Overloaded, what_happened
from services.common.instants import now
from services.common.kafka import KafkaLink, make_broker, standing, start_afresh
from services.common.limiter import Limiter
from services.common.media import media_store
from services.common.metrics import OUTBOX_WAITING
from services.common.outgoing import Outgoing
from services.common.tasks import running
from services.common.upkeep import Upkeep
from services.ingest import api, reading, reviews, store
from services.ingest.access import routes as access
from services.ingest.access import upkeep as access_upkeep
from services.ingest.access.admission import Admission
from services.ingest.access.exchange import Exchanges
from services.ingest.access.keyring import Keyring
from services.ingest.api import Parts
from services.ingest.batches import routes as batches
from services.ingest.erasing import routes as erasure_api
from services.ingest.erasing.dead_letters import DeadLetters
from services.ingest.erasing.eraser import Eraser
from services.ingest.handlers import subscribe
from services.ingest.likeness import likeness
from services.ingest.likeness.likening import Likening
from services.ingest.media import routes as media
from services.ingest.media.staging import staging
from services.ingest.migrations import migrate
from services.ingest.polling import routes as polling
from services.ingest.polling.poller import Poller
from services.ingest.registry import document_routes as registry_api
from services.ingest.registry import routes as admin
from services.ingest.relaying import outbox
from services.ingest.relaying.comparison import Comparison
from services.ingest.relaying.leases import Leases
from services.ingest.relaying.relay import Relay
from services.ingest.schedule import Schedule
from services.ingest.settings import IngestSettings
from services.ingest.tracking import hops
from services.ingest.tracking import routes as tracking

_HOUSEKEEPING_EVERY = 3600.0  # seconds

log = structlog.get_logger()


@dataclass(frozen=True)
class _Ties:
    """What ties this process to Kafka and to the others that share its database."""

    database: Database
    link: KafkaLink
    broker: KafkaBroker
    leases: Leases


def build(settings: IngestSettings) -> FastAPI:
    """Build the application; nothing is opened before its lifespan begins."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as opened:
            database = Database(settings.database, migrate, "ingest")
            opened.push_async_callback(database.close)
            leases = Leases(database, settings.instance)
            comparison = Comparison(database, settings.kafka_bootstrap)
            relay = Relay(database, settings.kafka_bootstrap, leases, comparison.want)
            broker = make_broker(settings.kafka_bootstrap, "tinbai-ingest-deliveries")
            subscribe(broker, database, await database.write(hops.database_id))
            topics_ready = asyncio.Event()

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
            files = media_store(settings)
            dead_letters = DeadLetters(settings.kafka_bootstrap)
            eraser = Eraser(database, link, dead_letters, files, relay.wake)
            keyring = Keyring(database, AdminKey(settings.admin_key_file))
            limiter = Limiter(settings.rate_per_second, settings.rate_burst)
            admission = Admission(database, keyring, limiter, settings.ingest_url)
            upkeep = Upkeep(database, keyring, access_upkeep.store)
            outgoing = await opened.enter_async_context(Outgoing(settings.allowed_targets))
            staged = opened.enter_context(staging(settings.staging_folder))
            poller = Poller(database, outgoing, settings, relay.wake)
            app.state.parts = Parts(settings, database, admission, relay.wake)
            app.state.desk = media.Desk(files, staged)
            app.state.poller, app.state.upkeep, app.state.eraser = poller, upkeep, eraser
            app.state.ties = _Ties(database, link, broker, leases)
            opened.push_async_callback(broker.stop)
            opened.push_async_callback(upkeep.once)
            async with running(
                kafka=link.run(),
                relay=relay_once_topics_are_there(),
                leases=leases.run(),
                comparison=comparison.run(),
                polling=poller.run(),
                schedule=Schedule(database, settings.archive_url, relay.wake).run(),
                likening=Likening(database).run(),
                access=upkeep.run(),
                erasing=eraser.run(),
                housekeeping=_keep_house(database),
            ):
                yield

    async def readiness() -> Mapping[str, object]:
        return await _readiness(app.state.ties)

    app = web.make_app(
        "ingest",
        summary="Takes in what the units submit, keeps it, and tells the others.",
        lifespan=lifespan,
        readiness=readiness,
    )
    for part in (api, reading, batches, media, tracking, reviews, admin, access, registry_api):
        web.add_routes(app, part.router)
    web.add_routes(app, erasure_api.router)
    web.add_routes(app, polling.router)
    app.add_middleware(Exchanges)
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
            while await database.write(lambda conn: likeness.forget_old(conn, now())):
                pass
        except (SQLAlchemyError, Overloaded) as error:
            log.warning("housekeeping_failed", error=what_happened(error))
        await asyncio.sleep(_HOUSEKEEPING_EVERY)


async def _readiness(ties: _Ties) -> Mapping[str, object]:
    kafka, behind = await standing(ties.link, ties.broker)
    state: dict[str, object] = {"kafka": kafka, "buckets": len(ties.leases.buckets)}
    try:
        waiting = await ties.database.read(outbox.count_waiting)
    except SQLAlchemyError as error:
        return state | {"ready": False, "database": what_happened(error)}
    OUTBOX_WAITING.set(waiting)
    state["lag"] = {"outbox": waiting, **behind}
    if ties.database.failure:  # a full disk: it can be read, and nothing can be taken in
        return state | {"ready": False, "database": ties.database.failure}
    return state | {"ready": True}
