"""`POST /hub` as subscribers see it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from services.syndicate.app import build
from services.syndicate.settings import SyndicateSettings
from tests.syndicate.service import NO_KAFKA

FORM = {
    "hub.mode": "subscribe",
    "hub.callback": "https://subscriber.invalid/callback",
    "hub.topic": "https://feeds.example/feeds/urgent.json",
}


@pytest.fixture
async def http(tmp_path) -> AsyncIterator[httpx2.AsyncClient]:
    settings = SyndicateSettings(
        data=tmp_path,
        kafka_bootstrap=NO_KAFKA,
        syndicate_url="https://feeds.example",
        hub_requests_per_minute=5,
    )
    app = build(settings)
    service: Any = app
    while not isinstance(service, FastAPI):
        service = service._behind
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
