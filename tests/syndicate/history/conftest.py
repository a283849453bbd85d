"""syndicate's public side over a real store, without Kafka."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx2
import pytest
from starlette.responses import PlainTextResponse

from schemas.article import Article
from schemas.events import ArticleEvent, RegistryEvent
from schemas.topics import ARTICLES
from services.common.consuming import Batch, Received
from services.common.database import Database, sqlite_url
from services.syndicate import store
from services.syndicate.change import Change, Tombstone
from services.syndicate.feeds.site import Site
from services.syndicate.history.pages import Pages
from services.syndicate.history.public import PublicHistory
from services.syndicate.rendering.press import Press
from services.syndicate.serving.public import PublicFeeds
from services.syndicate.serving.shelf import Shelf
from services.syndicate.tables import TABLES
from tests.factories import event
from tests.syndicate.partners_at_work import intake_of

SIZE = 4


class Paper:
    """A syndicate to which articles are given."""

    def __init__(self, database: Database, site: Site) -> None:
        self.database = database
        self.site = site
        self.shelf = Shelf(site)
        self.press = Press(database, self.shelf, site, SIZE)
        self.pages = Pages(database, site, SIZE)
        history = PublicHistory(lambda: self.pages, site, PlainTextResponse("nothing", 404))
        self.app = PublicFeeds(self.shelf, history)
        self.client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.app), base_url=site.syndicate_url
        )

    async def take(self, *versions: Article) -> None:
        """Take versions in, and have all feeds show them."""
        await self.apply([event(version) for version in versions])
        await self.press.open()

    async def apply(self, changes: Sequence[Change]) -> None:
        """Take changes in, as records of Kafka's."""
        intake = intake_of(self.database, self.press, self.pages, self.site)
        await intake.take_articles(Batch([received(change) for change in changes], {}))

    async def rename(self, events: Collection[RegistryEvent]) -> None:
        await self.database.write(partial(store.apply_registry, events=events))

    async def get(self, url: str, **headers: str) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(url, headers=named)


@dataclass
class FakeRecord:
    """A record as Kafka gives it, without a value: its event is read already."""

    key: bytes | None
    value: bytes | None = None
    topic: str = ARTICLES.name
    partition: int = 0
    offset: int = 0
    timestamp: int = 0


def received(change: Change) -> Received[ArticleEvent]:
    if isinstance(change, Tombstone):
        return Received(FakeRecord(f"{change.article_id}:{change.version}".encode()), None)
    return Received(FakeRecord(change.record_key.encode()), change)


@asynccontextmanager
async def opened(folder: Path, site: Site) -> AsyncIterator[Paper]:
    """Open a paper on an empty store."""
    database = Database(sqlite_url(folder / "syndicate.db"), TABLES.create_all)
    try:
        paper = Paper(database, site)
        await paper.press.open()
        yield paper
    finally:
        await database.close()


@pytest.fixture
async def paper(tmp_path: Path, site: Site) -> AsyncIterator[Paper]:
    async with opened(tmp_path, site) as it:
        yield it
