"""A hub with its store, and topics that change when a test says so."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Row, select

from services.common.database import Database
from services.common.outgoing import Outgoing
from services.common.targets import Network
from services.syndicate import store
from services.syndicate.feeds.binding import Document
from services.syndicate.feeds.site import Site, feed_path
from services.syndicate.hub.hub import Hub
from services.syndicate.hub.topics import Topics
from services.syndicate.hub.wish import Leases, Rules, wish_of
from services.syndicate.settings import SyndicateSettings
from services.syndicate.tables import HUB_HANDSHAKE, HUB_SUBSCRIPTION
from tests.syndicate.hub.subscribers import Callbacks, here, serving

LOOPBACK = [ip_network("127.0.0.0/8")]
TOPIC = "/feeds/latest.atom"
FEEDS = ("latest", "urgent", "corrections", "units/HQHP")


@dataclass
class Newsroom:
    """A hub at work, and what changes."""

    hub: Hub
    topics: Topics
    database: Database
    site: Site

    def show(self, body: bytes, feed: str = "latest") -> None:
        """Have a feed say this from now on."""
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        document = Document(feed_path(feed, "atom"), "application/atom+xml", etag, body)
        self.topics.shown(document)

    async def ask(self, callback: str, mode: str = "subscribe", **more: str) -> None:
        """Ask as a form would."""
        form = {"hub.mode": mode, "hub.callback": callback, "hub.topic": self.topics.url(TOPIC)}
        form |= {f"hub.{name}": value for name, value in more.items()}
        rules = Rules(self.topics.path_of, Leases(300, 1000, 2000), LOOPBACK)
        await self.hub.ask(wish_of(form, rules))

    async def subscriptions(self) -> list[Row[Any]]:
        return await self.database.read(_subscriptions)

    async def settled(self) -> list[Row[Any]]:
        """Give the subscriptions once no handshake is left."""
        async with asyncio.timeout(20):
            while await self.database.read(_handshakes):
                await asyncio.sleep(0.01)
        return await self.subscriptions()

    async def subscribed(self, callbacks: Callbacks, path: str = "/callback", **more: str) -> None:
        """Have a callback subscribed."""
        await self.ask(callbacks.url(path), **more)
        assert await self.settled()


def _subscriptions(connection: Connection) -> list[Row[Any]]:
    return list(connection.execute(select(HUB_SUBSCRIPTION).order_by(HUB_SUBSCRIPTION.c.seq)))


def _handshakes(connection: Connection) -> list[Row[Any]]:
    return list(connection.execute(select(HUB_HANDSHAKE)))


@asynccontextmanager
async def working(
    database: Database,
    site: Site,
    body: bytes = b"first",
    allowed: Sequence[Network] = LOOPBACK,
    **settings: Any,
) -> AsyncIterator[Newsroom]:
    """Run a hub on what is in the store."""
    await database.write(partial(store.know, names=FEEDS))
    given = SyndicateSettings(data=Path(), **({"hub_pause": 0} | settings))
    # Without certificates, which take a while to load: nothing here is called over TLS.
    hub = Hub(database, site, given, partial(Outgoing, allowed, resolve=here, verify=False))
    newsroom = Newsroom(hub, hub.topics, database, site)
    newsroom.show(body)
    running = asyncio.create_task(hub.run())
    try:
        yield newsroom
    finally:
        running.cancel()
        await asyncio.wait([running])
        assert running.cancelled()


@pytest.fixture
async def callbacks() -> AsyncIterator[Callbacks]:
    async with serving() as callbacks:
        yield callbacks


@pytest.fixture
async def newsroom(database: Database, site: Site) -> AsyncIterator[Newsroom]:
    async with working(database, site) as newsroom:
        yield newsroom
