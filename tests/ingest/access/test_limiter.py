"""Rates: told beforehand, and what is refused."""

import pytest

from services.ingest.app import build
from tests.ingest.access.conftest import client_of, settings
from tests.ingest.conftest import Client, make_unit


@pytest.fixture
async def slow(tmp_path):
    app = build(settings(tmp_path, rate_per_second=1, rate_burst=20))
    async with app.router.lifespan_context(app):
        client = client_of(app)
        yield client
        await client.http.aclose()


async def test_every_answer_says_what_is_left_and_the_last_one_says_when_to_come_back(slow):
    unit = await make_unit(slow, "HQKV3")
    answers = [await unit.call("GET", "/v1/articles/no-id") for _ in range(25)]

    first, last = answers[0], answers[-1]
    assert first.status_code == 404
    assert first.headers["ratelimit-policy"] == '"key";q=20;w=20'
    assert first.headers["ratelimit"].startswith('"key";r=19;t=')
    assert last.status_code == 429
    assert last.json()["type"] == "urn:tinbai:problem:too-many-requests"
    assert int(last.headers["retry-after"]) >= 1
    assert last.headers["ratelimit"].startswith('"key";r=0;t=')
    assert (await slow.call("GET", "/v1/admin/units")).status_code == 200


async def test_strangers_are_slowed_by_address_and_good_keys_are_not_hurt_by_them(slow):
    stranger = Client(slow.http, "tinbai_nobody")
    statuses = [(await stranger.submit()).status_code for _ in range(25)]

    assert statuses[:20] == [401] * 20
    assert statuses[-1] == 429
    assert (await slow.call("GET", "/v1/admin/units")).status_code == 200
