"""When a feed is polled again."""

from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.polling import schedule

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def pause(failures: int, interval: float = 300, wait: datetime | None = None) -> timedelta:
    return schedule.after_failure(NOW, interval, failures, wait, 1.0) - NOW


def test_after_a_success_it_is_polled_after_the_interval():
    assert schedule.after_success(NOW, 300, 1.1) - NOW == timedelta(seconds=330)


def test_failures_make_the_pause_longer_up_to_six_hours():
    minutes = [pause(failures) / timedelta(minutes=1) for failures in (1, 2, 3, 7, 8, 5000)]

    assert minutes == [5, 10, 20, 320, 360, 360]


def test_a_failing_feed_is_not_polled_more_often_than_a_good_one():
    assert pause(3, interval=86_400) == timedelta(days=1)


def test_the_site_may_ask_for_more_time_but_not_for_less():
    assert pause(1, wait=NOW + timedelta(hours=8)) == timedelta(hours=8)
    assert pause(1, wait=NOW + timedelta(seconds=1)) == timedelta(minutes=5)
    assert pause(1, wait=NOW + timedelta(days=900)) == timedelta(days=7)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("9" * 400, 7 * 86_400),
        ("Sun, 22 Nov 2026 10:01:00 GMT", 60),
        ("Sun, 22 Nov 2026 17:01:00 +0700", 60),
        ("Sun, 22 Nov 2026 10:01:00 -0000", 60),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, seconds):
    at = schedule.retry_after(header, NOW)

    assert at == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("header", [None, "", "soon", "-5", "1.5", "²", "Sun, 99 Nov 2026 x"])
def test_any_other_retry_after_is_none(header):
    assert schedule.retry_after(header, NOW) is None
