"""The office where partners are kept, over HTTP, without Kafka and without feeds."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from services.common import problems, web
from services.common.auth import AdminKey
from services.common.database import Database
from services.common.heads import Heads
from services.syndicate.partners import changes_routes, key_routes, routes
from services.syndicate.partners.admission import Office
from services.syndicate.tables import TABLES
from tests.syndicate.partners_at_work import office_of

ADMIN = "the-admin-key"
PAPER = {"code": "bao-moi", "name": "Báo Mới"}


@dataclass
class Caller:
    """Calls syndicate, with the admin's key unless another is given."""

    http: httpx2.AsyncClient
    office: Office

    async def call(
        self, method: str, path: str, body: object = None, key: str = ADMIN, **headers: str
    ) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Authorization": f"Bearer {key}", **named}
        if isinstance(body, bytes):
            return await self.http.request(method, path, content=body, headers=sent)
        return await self.http.request(method, path, json=body, headers=sent)

    async def partner(self, **fields: object) -> Any:
        """Add a partner; give what the answer has."""
        made = await self.call("POST", "/v1/admin/partners", PAPER | fields)
        assert made.status_code == 201, made.text
        return made.json()

    async def key(self, code: str = PAPER["code"], **fields: str) -> Any:
        """Make a key for a partner; give what the answer has."""
        made = await self.call("POST", f"/v1/admin/partners/{code}/keys", fields)
        assert made.status_code == 201, made.text
        return made.json()


@pytest.fixture
async def database(database_url) -> AsyncIterator[Database]:
    database = await asyncio.to_thread(Database, database_url, TABLES.create_all)
    yield database
    await database.close()


@pytest.fixture
async def office(database, tmp_path) -> Office:
    (tmp_path / "admin.key").write_text(ADMIN)
    return office_of(database, AdminKey(tmp_path / "admin.key"))


@pytest.fixture
async def caller(office) -> AsyncIterator[Caller]:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(Heads)
    app.add_middleware(web.Tracing)
    for part in (routes, key_routes, changes_routes):
        web.add_routes(app, part.router)
    app.state.office = office
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://inside") as http:
        yield Caller(http, office)
