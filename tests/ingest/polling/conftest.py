"""Ingest that polls sites on loopback, without Kafka."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from services.ingest.app import build
from services.ingest.settings import IngestSettings
from tests.common.sites import Site, Writer, ok, reply, serving
from tests.ingest.conftest import ADMIN, NOBODY_LISTENS, Client

DEADLINE = 60.0


@dataclass
class FeedSite:
    """A unit's site: it serves `feed` under the ETag `etag`, or whatever `instead` is."""

    feed: bytes
    etag: str = '"1"'
    instead: bytes | None = None
    statuses: list[int] = field(default_factory=list)
    site: Site = field(default_factory=Site)

    @property
    def url(self) -> str:
        return self.site.url("/rss.xml")

    def shows(self, feed: bytes) -> None:
        self.feed, self.etag = feed, f'"{hash(feed)}"'

    async def answer(self, head: str, writer: Writer) -> None:
        if self.instead is not None:
            writer.write(self.instead)
            return
        same = f"If-None-Match: {self.etag}\r\n".lower() in head.lower()
        self.statuses.append(304 if same else 200)
        etag = f"ETag: {self.etag}"
        writer.write(reply("304 Not Modified", b"", etag) if same else ok(self.feed, etag))


@asynccontextmanager
async def showing(feed: bytes) -> AsyncIterator[FeedSite]:
    site = FeedSite(feed)
    async with serving(site.answer) as site.site:
        yield site


@dataclass
class Newsroom(Client):
    """The newsroom of an ingest that polls."""

    async def pulls(self, site: FeedSite, code: str = "HQ", **fields) -> None:
        entry = {"code": code, "name": code, "feed_url": site.url, **fields}
        added = await self.call("POST", "/v1/admin/units", entry)
        assert added.status_code == 201, added.text

    async def poll(self, code: str = "HQ") -> dict:
        found = await self.call("GET", f"/v1/admin/polls/{code}")
        return found.json() if found.status_code == 200 else {}

    async def polled(self, code: str = "HQ") -> dict:
        """Wait for a first poll that went well."""
        return await self.until(code, lambda poll: poll.get("last_ok"))

    async def poll_again(self, code: str = "HQ") -> dict:
        """Poll now, and wait for the end, good or bad."""
        before = await self.poll(code)
        asked = await self.call("POST", f"/v1/admin/polls/{code}")
        assert asked.status_code == 202, asked.text

        def over(poll: dict) -> bool:
            return any(poll[name] != before[name] for name in ("last_ok", "last_error_at"))

        return await self.until(code, over)

    async def until(self, code: str, come: Callable[[dict], object]) -> dict:
        async with asyncio.timeout(DEADLINE):
            while not come(poll := await self.poll(code)):
                await asyncio.sleep(0.02)
        return poll

    async def articles(self, **query: str) -> list[dict]:
        found = await self.call("GET", f"/v1/articles?limit=200&{httpx2.QueryParams(query)}")
        return found.json()["items"]

    async def article(self) -> dict:
        """Give the one article that there is, as handed in."""
        (summary,) = await self.articles()
        return (await self.call("GET", f"/v1/articles/{summary['id']}")).json()

    async def items(self, code: str = "HQ", *, noted: bool = False) -> list[dict]:
        path = f"/v1/admin/polls/{code}/items?noted={str(noted).lower()}&limit=1000"
        return (await self.call("GET", path)).json()["items"]


@asynccontextmanager
async def ingesting(data: Path, **settings) -> AsyncIterator[Newsroom]:
    (data / "admin.key").write_text(ADMIN)
    app = build(
        IngestSettings(
            data=data,
            kafka_bootstrap=NOBODY_LISTENS,
            admin_key_file=data / "admin.key",
            **{"allowed_targets": "127.0.0.0/8", **settings},
        )
    )
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://ingest.test"
        ) as http,
    ):
        yield Newsroom(http)


@pytest.fixture
async def newsroom(tmp_path):
    async with ingesting(tmp_path) as newsroom:
        yield newsroom
