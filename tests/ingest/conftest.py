"""Ingest without Kafka: it must do all of its own part."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Connection, create_engine

from services.common.database import Database, sqlite_url
from services.ingest.app import build
from services.ingest.migrations import migrate
from services.ingest.settings import IngestSettings
from services.ingest.tables import tables
from tests.postgres import Postgres

ADMIN = "the-admin-key"
NOBODY_LISTENS = "127.0.0.1:1"


@dataclass
class Client:
    """Calls ingest with a key."""

    http: httpx2.AsyncClient
    key: str = ADMIN
    headers: dict = field(default_factory=dict)

    async def call(self, method: str, path: str, body=None, **headers) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.request(
            method,
            path,
            **({"content": body} if isinstance(body, bytes) else {"json": body}),
            headers={"Authorization": f"Bearer {self.key}", **named},
        )

    async def submit(self, **fields) -> httpx2.Response:
        return await self.call("POST", "/v1/articles", submission(**fields))


def submission(**fields) -> dict:
    return {"headline": "Thông quan lô hàng đầu", "body": "<p>Nội dung.</p>", **fields}


@pytest.fixture(scope="session")
def postgresql_template(postgres: Postgres) -> str:
    """Give a database in which ingest's tables are made already."""
    prepare(postgres.new_database("ingest"))
    return "ingest"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file in which ingest's tables are made already."""
    file = tmp_path_factory.mktemp("template") / "ingest.db"
    prepare(sqlite_url(file))
    return file


def prepare(url: str) -> None:
    asyncio.run(Database(url, migrate, "ingest").close())


@pytest.fixture
def conn() -> Iterator[Connection]:
    """Give a transaction on empty tables, in memory."""
    engine = create_engine("sqlite://")
    tables.create_all(engine)
    with engine.begin() as connection:
        yield connection


@pytest.fixture
async def admin(tmp_path, database_url):
    (tmp_path / "admin.key").write_text(ADMIN)
    app = build(
        IngestSettings(
            data=tmp_path,
            kafka_bootstrap=NOBODY_LISTENS,
            admin_key_file=tmp_path / "admin.key",
            archive_url="http://archive.test",
            database_url=database_url,
        )
    )
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://ingest.test",
        ) as http,
    ):
        yield Client(http)


@pytest.fixture
async def unit(admin):
    return await make_unit(admin, "HQKV3")


@pytest.fixture
async def other_unit(admin):
    return await make_unit(admin, "HQKV2")


async def make_unit(admin: Client, code: str, **fields) -> Client:
    added = await admin.call("POST", "/v1/admin/units", {"code": code, "name": code, **fields})
    assert added.status_code == 201, added.text
    made = await admin.call("POST", f"/v1/admin/units/{code}/keys")
    return Client(admin.http, made.json()["key"])
