"""An archive without Kafka: events are handed to it as its consumers would."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from schemas.article import Article
from schemas.events import RegistryEvent
from services.archive.app import build
from services.archive.articles.changes import Change
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.registry import Registry
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.engine.contract import Engine
from services.archive.settings import ArchiveSettings

NOBODY_LISTENS = "127.0.0.1:1"


@pytest.fixture
def engine(tmp_path):
    opened = EmbeddedEngine(tmp_path / "index")
    yield opened
    opened.close()


@pytest.fixture
def catalogue(engine):
    return Catalogue(engine, Registry(engine))


@dataclass
class Archive:
    """A running archive: its HTTP side, and a way in for events."""

    http: httpx2.AsyncClient
    engine: Engine
    data: Path
    registry: Registry

    def take(self, *changes: Change) -> None:
        self.engine.take(changes, {})

    def name(self, event: RegistryEvent) -> None:
        self.engine.name({event.key: event}, {})
        self.registry.reload()

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.http.get(path, headers=headers)

    async def page(self, article: Article) -> httpx2.Response:
        return await self.get(f"/articles/{article.id}", Accept="text/html")

    async def json(self, path: str) -> dict:
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ids(self, path: str) -> list[str]:
        return [item["id"] for item in (await self.json(path))["items"]]


@asynccontextmanager
async def running_archive(data: Path, **settings: Any) -> AsyncIterator[Archive]:
    app = build(
        ArchiveSettings(
            data=data,
            kafka_bootstrap=NOBODY_LISTENS,
            archive_url="https://bao.test",
            syndicate_url="https://feeds.test",
            **settings,
        )
    )
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://archive.test",
        ) as http,
    ):
        parts = app.state.parts
        yield Archive(http, parts.engine, data, parts.registry)


@pytest.fixture
async def archive(tmp_path):
    async with running_archive(tmp_path) as running:
        yield running
