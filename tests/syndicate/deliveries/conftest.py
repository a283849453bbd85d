"""A desk that pushes: partners, their ways, and an intake, all on one store."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Row, select

from schemas.article import Article
from schemas.partner import Format, Product
from services.common.database import Database
from services.common.instants import now
from services.common.outgoing import Outgoing
from services.syndicate import store
from services.syndicate.change import Change
from services.syndicate.changes.emitting import Emitter
from services.syndicate.changes.entry import NewEntry
from services.syndicate.consequences import follow
from services.syndicate.deliveries.pushing import Pushing, Senders
from services.syndicate.lanes import lane
from services.syndicate.partner_tables import DELIVERY, DELIVERY_NEWS, WAY
from services.syndicate.ways import store as ways
from services.syndicate.ways.documents import Documents
from services.syndicate.ways.sending import Sender
from services.syndicate.ways.signing import new_secret
from services.syndicate.ways.webhooks import Webhooks
from tests.factories import event
from tests.syndicate.hub.subscribers import Callbacks, here, serving
from tests.syndicate.partners_at_work import SITE, add_partner

LOOPBACK = [ip_network("127.0.0.0/8")]


@dataclass
class Desk:
    """Partners and their ways, on a store in which nothing is pushed before `pushing`."""

    database: Database
    stored: asyncio.Event = field(default_factory=asyncio.Event)
    emitter: Emitter = field(default_factory=lambda: Emitter(SITE, follow))

    async def partner(self, code: str, **rules: object) -> None:
        """Have a partner."""
        product = Product.model_validate(rules)
        await self.database.write(partial(add_partner, code=code, product=product))

    async def way(
        self, partner: str, target: str, format_: Format = Format.JSON, **more: Any
    ) -> UUID:
        """Have a partner pushed to."""
        fields = {"kind": "webhook", "host": target.split("/")[2], "secret": new_secret()} | more
        new = ways.NewWay(partner, format=format_, target=target, **fields)
        return await self.database.write(partial(ways.add, new=new, at=now()))

    async def release(self, *changes: Article | Change) -> Sequence[NewEntry]:
        """Take changes in, as one batch."""
        batch = [event(each) if isinstance(each, Article) else each for each in changes]

        def job(connection: Connection) -> Sequence[NewEntry]:
            effective = store.apply_changes(connection, batch)
            return self.emitter.take(connection, batch, effective)

        entries = await self.database.write(job)
        self.stored.set()
        return entries

    async def deliveries(self) -> list[Row[Any]]:
        """Give all there are, the oldest first."""
        return await self.database.read(_deliveries)

    async def news(self) -> list[Row[Any]]:
        """Give what is to be told."""
        return await self.database.read(_news)

    async def way_row(self, way: UUID) -> Row[Any]:
        """Give how a way is."""
        query = select(WAY).where(WAY.c.id == way)
        return await self.database.read(lambda connection: connection.execute(query).one())

    async def until_ended(self, seconds: float = 5) -> list[Row[Any]]:
        """Give the deliveries once nothing waits."""
        async with asyncio.timeout(seconds):
            while any(row.state == "waiting" for row in await self.deliveries()):
                await asyncio.sleep(0.01)
        return await self.deliveries()

    async def until(self, condition: Any, seconds: float = 5) -> list[Row[Any]]:
        """Give the deliveries once they are as they must become."""
        async with asyncio.timeout(seconds):
            while not condition(rows := await self.deliveries()):
                await asyncio.sleep(0.01)
        return rows

    @asynccontextmanager
    async def pushing(self, senders: Senders | None = None) -> AsyncIterator[None]:
        """Push what waits until the body ends."""
        # Without certificates, which take a while to load: nothing here is called over TLS.
        call_out = partial(Outgoing, LOOPBACK, resolve=here, verify=False)
        made = senders or self.webhooks
        engine = Pushing(self.database, SITE, call_out, made, self.stored)
        running = asyncio.create_task(engine.run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.wait([running])
            assert running.cancelled()

    def webhooks(self, outgoing: Outgoing) -> Mapping[str, Sender]:
        """Push by webhook."""
        return {"webhook": Webhooks(outgoing, Documents(self.database, SITE))}


def _deliveries(connection: Connection) -> list[Row[Any]]:
    return list(connection.execute(select(DELIVERY).order_by(DELIVERY.c.seq)))


def _news(connection: Connection) -> list[Row[Any]]:
    return list(connection.execute(select(DELIVERY_NEWS).order_by(DELIVERY_NEWS.c.seq)))


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have lanes look for what is due again without a second's wait."""
    monkeypatch.setattr(lane, "_LOOK_EVERY", 0.05)


@pytest.fixture
async def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
async def callbacks() -> AsyncIterator[Callbacks]:
    async with serving() as callbacks:
        yield callbacks
