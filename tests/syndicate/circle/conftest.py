"""A newsroom with partners that were told of articles, on both kinds of database."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from json import loads
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, Row, insert, select, update

from schemas.article import Article
from schemas.partner import Format, Product
from services.common import problems
from services.common.auth import AdminKey, digest
from services.common.database import Database
from services.common.ids import new_id
from services.common.instants import now
from services.common.web import Tracing
from services.syndicate import consequences
from services.syndicate.changes.emitting import Emitter
from services.syndicate.changes.entry import NewEntry
from services.syndicate.circle import admin, routes, takedowns
from services.syndicate.circle.takedowns import Step
from services.syndicate.partner_tables import DELIVERY_NEWS, PARTNER, PARTNER_KEY, PLACE, TAKEDOWN
from services.syndicate.tables import TABLES
from services.syndicate.ways import store as ways
from tests.factories import event
from tests.syndicate.partners_at_work import SITE, add_partner, office_of

KEY = "the newsroom's"


@dataclass
class Newsroom:
    """What the newsroom does, and what partners say of it."""

    database: Database
    http: httpx2.AsyncClient
    told_again: list[NewEntry] = field(default_factory=list)

    async def partner(self, code: str, ack_deadline: int = 86_400, **rules: Any) -> None:
        """Have a partner, with a key that is its code."""

        def job(connection: Connection) -> None:
            add_partner(connection, code, Product.model_validate(rules))
            change = update(PARTNER).where(PARTNER.c.code == code)
            connection.execute(change.values(ack_deadline=ack_deadline))
            row = {"id": new_id(), "partner": code, "digest": digest(code), "created": now()}
            connection.execute(insert(PARTNER_KEY), row)

        await self.database.write(job)

    async def webhook(self, partner: str) -> UUID:
        """Have a partner pushed to, by nobody yet."""
        target = f"https://{partner}.example/"
        new = ways.NewWay(
            partner, kind="webhook", format=Format.JSON, target=target, host=partner, secret="x"
        )
        return await self.database.write(lambda connection: ways.add(connection, new, now()))

    async def release(self, *versions: Article) -> Sequence[NewEntry]:
        """Have versions released, and all that follows from it."""
        emitter = Emitter(SITE, consequences.follow)
        batch = [event(version) for version in versions]
        return await self.database.write(
            lambda connection: emitter.take(connection, batch, [True] * len(batch))
        )

    async def step(self, at: datetime, limit: int = 100) -> Sequence[Step]:
        """Have the time pass until then."""

        def follow(_: Connection, entries: Sequence[NewEntry]) -> None:
            self.told_again.extend(entries)

        return await self.database.write(
            lambda connection: takedowns.step(connection, at, limit, follow)
        )

    async def say(
        self, partner: str, body: Any, article: UUID | None = None, **more: Any
    ) -> httpx2.Response:
        """Acknowledge in a partner's name: a state with what else there is to say, or a body."""
        key = more.pop("key", partner)
        if isinstance(body, str):
            body = {"id": str(article), "state": body, "version": 2} | more
        bearer = {"Authorization": f"Bearer {key}"}
        return await self.http.post(
            f"/partners/{partner}/acknowledgements", json=body, headers=bearer
        )

    async def ask(self, path: str, **headers: str) -> Any:
        """Ask in the newsroom's name."""
        given = {"Authorization": f"Bearer {KEY}"} | headers
        return (await self.http.get(f"/v1/admin{path}", headers=given)).json()

    async def takedown(self, partner: str, article: UUID) -> Row[Any]:
        rows = await self.rows(TAKEDOWN)
        (found,) = [row for row in rows if (row.partner, row.article) == (partner, article)]
        return found

    async def places(self) -> list[Row[Any]]:
        return await self.rows(PLACE)

    async def news(self, *states: str) -> list[tuple[str, str, str]]:
        """Give what is to be told: state, partner, detail."""
        rows = await self.rows(DELIVERY_NEWS)
        told = [row for row in rows if row.state in states]
        return [(row.state, each, row.detail) for row in told for each in loads(row.partners)]

    async def rows(self, table: Any) -> list[Row[Any]]:
        query = select(table).order_by(*table.primary_key)
        return await self.database.read(lambda connection: list(connection.execute(query)))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, TABLES.create_all, "syndicate")
    yield database
    await database.close()


@pytest.fixture
async def newsroom(database: Database, tmp_path: Any) -> AsyncIterator[Newsroom]:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(Tracing)
    app.include_router(routes.router)
    app.include_router(admin.router)
    (tmp_path / "admin.key").write_text(KEY)
    app.state.office = office_of(database, AdminKey(tmp_path / "admin.key"))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://inside") as http:
        yield Newsroom(database, http)
