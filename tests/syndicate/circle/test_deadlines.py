"""Deadlines of retractions: a reminder when a quarter is left, overdue when nothing is."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.syndicate.circle.deadlines import State, after, next_at, reminder_at
from tests.factories import NOON

DAY = timedelta(days=1)
SPANS = st.timedeltas(timedelta(seconds=1), timedelta(days=365))


def test_of_a_day_six_hours_are_left_at_the_reminder():
    assert reminder_at(NOON, NOON + DAY) == NOON + timedelta(hours=18)


def test_what_waits_is_reminded_and_then_overdue():
    deadline = NOON + DAY
    assert after(State.WAITING, NOON, deadline, NOON + timedelta(hours=17)) is State.WAITING
    assert after(State.WAITING, NOON, deadline, NOON + timedelta(hours=18)) is State.REMINDED
    assert after(State.REMINDED, NOON, deadline, NOON + timedelta(hours=23)) is State.REMINDED
    assert after(State.REMINDED, NOON, deadline, deadline) is State.OVERDUE


def test_who_was_not_looked_after_for_long_is_overdue_without_a_reminder():
    assert after(State.WAITING, NOON, NOON + DAY, NOON + 3 * DAY) is State.OVERDUE


@given(SPANS, st.lists(SPANS))
def test_it_comes_to_its_end_in_order_whenever_somebody_looks(span, looks):
    deadline, order = NOON + span, list(State)
    state = State.WAITING
    for at in sorted(NOON + look for look in looks):
        new = after(state, NOON, deadline, at)
        assert order.index(new) >= order.index(state)
        assert (new is State.OVERDUE) == (at >= deadline)
        # Nothing is due any more that was due before: no step is taken twice.
        following = next_at(new, NOON, deadline)
        assert following is None or following > at
        state = new


@given(SPANS)
def test_what_is_done_stays_done(span):
    assert after(State.DONE, NOON, NOON + span, NOON + 2 * span) is State.DONE
    assert next_at(State.DONE, NOON, NOON + span) is None
