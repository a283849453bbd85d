from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import insert

from services.common import web
from services.common.auth import AdminKey, digest
from services.common.database import Database
from services.common.ids import new_id
from services.common.instants import now
from services.syndicate.explaining import routes, what_if_routes
from services.syndicate.partner_tables import PARTNER_KEY
from tests.syndicate.partners_at_work import Desk, office_of

T = TypeVar("T")


@pytest.fixture
async def http(database: Database, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """Give a caller without a key."""
    (tmp_path / "admin.key").write_text("admin's")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield

    async def readiness() -> dict[str, object]:
        return {}

    app = web.make_app("syndicate", summary="", lifespan=lifespan, readiness=readiness)
    app.include_router(routes.router)
    app.include_router(routes.for_newsroom)
    app.include_router(what_if_routes.router)
    app.state.office = office_of(database, AdminKey(tmp_path / "admin.key"))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://inside") as http:
        yield http


@pytest.fixture
def admin(http: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """Give a caller with the admin's key."""
    http.headers["Authorization"] = "Bearer admin's"
    return http


async def at_desk(database: Database, work: Callable[[Desk], T]) -> T:
    """Do something at the intake of a database."""
    return await database.write(lambda connection: work(Desk(connection)))


async def give_key(database: Database, partner: str, key: str) -> None:
    """Let a partner in."""
    row = {"id": new_id(), "partner": partner, "digest": digest(key), "created": now()}
    await database.write(lambda connection: connection.execute(insert(PARTNER_KEY).values(row)))
