"""When a feed is polled again."""

from datetime import UTC, datetime, timedelta

from services.ingest.polling import schedule

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def pause(failures: int, interval: float = 300, wish: timedelta | None = None) -> timedelta:
    return schedule.after_failure(NOW, interval, failures, wish, 1.0) - NOW


def test_after_a_success_it_is_polled_after_the_interval():
    assert schedule.after_success(NOW, 300, 1.1) - NOW == timedelta(seconds=330)


def test_failures_make_the_pause_longer_up_to_six_hours():
    minutes = [pause(failures) / timedelta(minutes=1) for failures in (1, 2, 3, 7, 8, 5000)]

    assert minutes == [5, 10, 20, 320, 360, 360]


def test_a_failing_feed_is_not_polled_more_often_than_a_good_one():
    assert pause(3, interval=86_400) == timedelta(days=1)


def test_the_site_may_ask_for_more_time_but_not_for_less():
    assert pause(1, wish=timedelta(hours=8)) == timedelta(hours=8)
    assert pause(1, wish=timedelta(seconds=1)) == timedelta(minutes=5)
    assert pause(1, wish=timedelta(days=900)) == timedelta(days=7)
