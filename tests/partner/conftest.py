"""tinbai as a partner finds it: a syndicate that answers on loopback, whose news a test makes."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from sqlalchemy import Connection, insert

from partner.simulating.door import Guest
from schemas.article import Article
from services.common import problems
from services.common.auth import digest
from services.common.database import Database, sqlite_url
from services.common.ids import new_id
from services.common.instants import now
from services.syndicate.partner_side import add_routes
from services.syndicate.partner_tables import PARTNER_KEY
from services.syndicate.partners.admission import Office
from services.syndicate.tables import TABLES
from tests.syndicate.partners_at_work import Desk, office_of

CODE, KEY = "bao", "the-partner's-key"


@dataclass
class Tinbai:
    """A syndicate with one partner."""

    url: str
    office: Office
    feed: bytes = b'{"items": []}'
    acknowledged: list[dict[str, Any]] = field(default_factory=list)
    """What was sent, be it refused or not."""
    told: int = 0
    """The newest seq."""

    async def release(self, *articles: Article) -> None:
        """Have versions released."""

        def job(connection: Connection) -> int:
            return len(Desk(connection).release(*articles))

        self.told += await self.office.database.write(job)
        self.office.arrivals.tell_all()


def _admit(connection: Connection) -> None:
    Desk(connection).partner(CODE)
    row = {"id": new_id(), "partner": CODE, "digest": digest(KEY), "created": now()}
    connection.execute(insert(PARTNER_KEY), row)


@asynccontextmanager
async def listening(app: Any) -> AsyncIterator[str]:
    """Serve an application beside the body; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = Guest(app)
        task = asyncio.create_task(server.serve([door]))
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


@pytest.fixture
async def tinbai(tmp_path) -> AsyncIterator[Tinbai]:
    app = FastAPI()
    problems.install(app)

    @app.get("/partners/{code}/feed.ninjs")
    async def feed(request: Request) -> Response:
        etag = f'"{hash(it.feed)}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304)
        return Response(it.feed, headers={"ETag": etag})

    @app.middleware("http")
    async def record(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.url.path == f"/partners/{CODE}/acknowledgements":
            it.acknowledged.append(await request.json())
        return await go_on(request)

    add_routes(app)
    database = Database(sqlite_url(tmp_path / "syndicate.db"), TABLES.create_all)
    await database.write(_admit)
    app.state.office = office_of(database)
    try:
        async with listening(app) as url:
            it = Tinbai(url, app.state.office)
            yield it
    finally:
        await database.close()
