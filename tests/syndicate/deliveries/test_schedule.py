"""Retries go on for days, further and further apart."""

from datetime import timedelta

from services.syndicate.deliveries.schedule import (
    is_hopeless,
    next_attempt,
    rest_until,
)
from tests.factories import NOON

SECOND = timedelta(seconds=1)


def pauses() -> list[timedelta]:
    found: list[timedelta] = []
    while due := next_attempt(NOON, len(found) + 1):
        found.append(due - NOON)
    return found


def test_the_pauses_grow_to_a_day_and_end_after_three():
    found = pauses()
    assert len(found) == 9
    assert found == sorted(found)
    assert timedelta(seconds=4) < found[0] < timedelta(seconds=6)
    assert timedelta(days=2, hours=20) < sum(found, timedelta()) < timedelta(days=3, hours=16)


def test_partners_that_fail_together_are_not_tried_together():
    assert len({next_attempt(NOON, 4) for _ in range(20)}) > 10


def test_the_last_attempt_has_no_next_one():
    assert next_attempt(NOON, 10) is None
    assert next_attempt(NOON, 10, SECOND) is None


def test_a_longer_pause_is_obeyed_up_to_a_day_and_a_shorter_one_is_not():
    assert next_attempt(NOON, 1, 600 * SECOND) == NOON + 600 * SECOND
    assert next_attempt(NOON, 1, timedelta(days=900)) == NOON + timedelta(days=1)
    for wish in (SECOND, -timedelta(days=9)):
        due = next_attempt(NOON, 2, wish)
        assert due
        assert due > NOON + 200 * SECOND


def test_one_delivery_that_fails_alone_costs_its_way_no_rest():
    assert rest_until(NOON, 1) == rest_until(NOON, 2) == NOON


def test_a_way_that_goes_on_failing_rests_for_a_minute_at_the_most_unless_it_asks_for_more():
    assert rest_until(NOON, 1000) == NOON + 60 * SECOND
    assert rest_until(NOON, 1, 90 * SECOND) == NOON + 90 * SECOND
    assert rest_until(NOON, 1, timedelta(days=3)) == NOON + timedelta(hours=1)


def test_a_way_is_hopeless_after_days_of_many_failures_only():
    days = timedelta(days=6)
    assert is_hopeless(NOON + days, 10, NOON)
    assert not is_hopeless(NOON + days, 2, NOON)  # nothing was published in between
    assert not is_hopeless(NOON + timedelta(hours=5), 5000, NOON)
