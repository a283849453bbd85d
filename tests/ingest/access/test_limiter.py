"""Rates: so much at once, so much in the long run, and told beforehand."""

import time

import pytest

from services.ingest.access.limiter import Limiter
from services.ingest.app import build
from tests.ingest.access.conftest import client_of, settings
from tests.ingest.conftest import Client, make_unit


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still, early in a window, until it is moved."""

    class Clock:
        at = 1_800_000_000.25

        def time(self) -> float:
            return self.at

    clock = Clock()
    monkeypatch.setattr(time, "time", clock.time)
    return clock


def granted(limiter: Limiter, count: int, who: str = "key") -> int:
    return sum(limiter.take(who).granted for _ in range(count))


def test_a_burst_passes_and_no_more_than_that(clock):
    limiter = Limiter(1000, 5000)

    assert granted(limiter, 6000) == 5000
    assert granted(limiter, 10, "another") == 10


def test_the_sustained_rate_passes_for_ever_and_twice_of_it_is_halved(clock):
    limiter = Limiter(1000, 5000)
    for expected, sent in ((1000, 100), (1000, 200)):
        passed = 0
        for _ in range(600):  # a minute, in tenths of a second
            passed += granted(limiter, sent)
            clock.at += 0.1
        assert passed / 60 == pytest.approx(expected, rel=0.1)


def test_who_waits_as_long_as_he_is_told_may_go_on(clock):
    limiter = Limiter(1000, 5000)
    granted(limiter, 5000)
    refused = limiter.take("key")
    clock.at += int((refused.problem.headers or {})["Retry-After"])

    assert not refused.granted
    assert refused.problem.status == 429
    assert limiter.take("key").granted


def test_many_are_taken_at_once_or_none(clock):
    limiter = Limiter(10, 50)

    assert limiter.take("key", 45).remaining == 5
    assert not limiter.take("key", 6).granted
    assert limiter.take("key", 5).granted


def test_a_burst_that_is_no_whole_number_of_seconds_is_rounded_up(clock):
    assert granted(Limiter(10, 15), 100) == 20
    assert granted(Limiter(10, 1), 100) == 10


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
