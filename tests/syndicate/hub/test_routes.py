"""`POST /hub` as subscribers see it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import insert

from services.common.instants import now
from services.syndicate.app import build
from services.syndicate.hub import routes
from services.syndicate.settings import SyndicateSettings
from services.syndicate.tables import HUB_SUBSCRIPTION
from tests.syndicate.service import NO_KAFKA

FORM = {
    "hub.mode": "subscribe",
    "hub.callback": "https://subscriber.invalid/callback",
    "hub.topic": "https://feeds.example/feeds/urgent.json",
}


def service_behind(app: Any) -> FastAPI:
    """Give the application behind what answers for feeds."""
    while not isinstance(app, FastAPI):
        app = app._behind
    return app


KEY = {"Authorization": "Bearer key"}


@pytest.fixture
async def http(tmp_path) -> AsyncIterator[httpx2.AsyncClient]:
    (tmp_path / "admin.key").write_text("key")
    settings = SyndicateSettings(
        data=tmp_path,
        kafka_bootstrap=NO_KAFKA,
        syndicate_url="https://feeds.example",
        hub_requests_per_minute=5,
        admin_key_file=tmp_path / "admin.key",
    )
    app = build(settings)
    service = service_behind(app)
    async with service.router.lifespan_context(service):
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://inside") as http:
            yield http


async def test_the_hub_at_its_door(http):
    accepted = await http.post("/hub", data=FORM)
    assert (accepted.status_code, accepted.content) == (202, b"")

    refused = await http.post(
        "/hub", data=FORM | {"hub.topic": "https://feeds.example/feeds/x.rss"}
    )
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["errors"][0]["pointer"] == "/hub.topic"

    asked = {"Accept-Language": "vi"}
    long = await http.post("/hub", data=FORM | {"other": "x" * 20_000}, headers=asked)
    assert long.status_code == 413
    json = await http.post("/hub", json=FORM, headers=asked)
    assert json.status_code == 415
    assert "x-www-form-urlencoded" in json.json()["detail"]

    await http.post("/hub", data=FORM)
    too_often = await http.post("/hub", data=FORM)
    assert too_often.status_code == 429
    assert 1 <= int(too_often.headers["retry-after"]) <= 61

    about = (await http.get("/hub")).json()
    assert about["hub"] == "https://feeds.example/hub"
    assert about["lease_seconds"]["default"] == 864_000

    feed = await http.head("/feeds/urgent.json")
    assert feed.links["hub"]["url"] == about["hub"]
    assert feed.links["self"]["url"] == FORM["hub.topic"]


async def test_strangers_who_name_a_host_do_not_keep_it_from_renewing(http):
    app = http._transport.app
    row: dict[str, Any] = {
        "callback": FORM["hub.callback"],
        "topic": "/feeds/urgent.json",
        "pushed": "",
    }
    row |= {"host": "subscriber.invalid", "expires": now() + timedelta(hours=1), "failures": 0}
    database = service_behind(app).state.parts.database
    await database.write(lambda c: c.execute(insert(HUB_SUBSCRIPTION), row).rowcount)
    guess = FORM | {"hub.callback": "https://subscriber.invalid/guess"}
    for _ in range(5):
        assert (await http.post("/hub", data=guess)).status_code == 202

    elsewhere = httpx2.ASGITransport(app, client=("192.0.2.1", 1))
    async with httpx2.AsyncClient(transport=elsewhere, base_url="http://inside") as subscriber:
        assert (await subscriber.post("/hub", data=FORM)).status_code == 202
        assert (await subscriber.post("/hub", data=guess)).status_code == 429


async def test_a_form_that_does_not_come_is_not_waited_for(http, monkeypatch):
    monkeypatch.setattr(routes, "_PATIENCE", 0.1)

    async def beginning() -> AsyncIterator[bytes]:
        yield b"hub.mode="
        await asyncio.Event().wait()

    async with asyncio.timeout(10):
        answer = await http.post("/hub", content=beginning())
    assert answer.status_code == 400


async def test_subscriptions_are_listed_for_admins_without_what_lets_people_in(http):
    path = "/v1/admin/hub/subscriptions"
    assert (await http.get(path)).status_code == 401
    assert (await http.get(path, headers={"Authorization": "Bearer other"})).status_code == 401
    assert (await http.get(path, headers=KEY)).json() == {"items": [], "next": None}

    at = now() + timedelta(hours=1)
    kept = {"topic": "/feeds/latest.rss", "host": "you.example", "failures": 2, "pushed": ""}
    rows = [
        kept | {"callback": f"https://you.example/{n}", "secret": "dark", "expires": at}
        for n in range(3)
    ]
    database = service_behind(http._transport.app).state.parts.database
    await database.write(lambda c: c.execute(insert(HUB_SUBSCRIPTION), rows).rowcount)
    first = (await http.get(path, params={"limit": 2}, headers=KEY)).json()
    rest = (await http.get(path, params={"cursor": first["next"]}, headers=KEY)).json()

    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    assert first["items"][0]["host"] == "you.example"
    assert first["items"][0]["signed"]
    assert "dark" not in str(first)
    assert "you.example/0" not in str(first)
