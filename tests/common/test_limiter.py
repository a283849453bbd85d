"""Rates: so much at once, so much in the long run, and told beforehand."""

import time

import pytest

from services.common.limiter import Limiter, stranger


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


def test_answers_say_whose_window_it_is(clock):
    assert Limiter(10, 50, "partner").take("a").headers[0] == (
        b"ratelimit-policy",
        b'"partner";q=50;w=5',
    )


def test_who_has_one_address_of_a_network_has_all_of_it():
    assert stranger("2001:db8::1") == stranger("2001:db8::ffff:2")
    assert stranger("2001:db8::1") != stranger("2001:db8:0:1::1")
    assert stranger("192.0.2.1") != stranger("192.0.2.2")
