"""When Last-Modified may be said: newsboat drops content whose Last-Modified did not grow."""

from hypothesis import given
from hypothesis import strategies as st

from services.syndicate.serving.moments import (
    Moment,
    last_modified,
    moment_at_start,
    moment_of_change,
    will_be_said,
)

EARLIER = Moment(900, alone=True)


def test_it_is_said_once_the_second_of_the_change_is_past():
    moment = moment_of_change(EARLIER, 1000.2)
    assert last_modified(moment, 1000.9) is None
    assert will_be_said(moment, 1000.9)
    assert last_modified(moment, 1001.0) == 1000
    assert not will_be_said(moment, 1001.0)


def test_of_two_changes_within_a_second_the_second_never_gets_one():
    moment = moment_of_change(moment_of_change(EARLIER, 1000.2), 1000.7)
    assert last_modified(moment, 2000) is None
    assert not will_be_said(moment, 1000.9)
    assert last_modified(moment_of_change(moment, 1001.1), 1002) == 1001


def test_what_may_have_been_live_before_a_restart_says_nothing():
    assert last_modified(moment_at_start(None, 1000.2), 2000) is None
    assert last_modified(moment_at_start(EARLIER, 1000.2), 2000) is None
    assert last_modified(moment_of_change(moment_at_start(None, 1000.2), 1001), 2000) == 1001


def test_after_the_clock_stepped_back_nothing_is_said_until_it_is_past_what_was_said():
    said = Moment(1000, alone=True)
    stepped_back = moment_of_change(said, 500)
    assert last_modified(stepped_back, 500.9) is None
    assert last_modified(stepped_back, 3000) is None
    assert last_modified(moment_of_change(stepped_back, 999), 3000) is None
    assert last_modified(moment_of_change(stepped_back, 1001), 1002) == 1001


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9)), min_size=1))
def test_whatever_the_clock_does_what_is_said_only_grows_and_never_lies_ahead(times):
    moment, said = moment_at_start(None, 0), []
    for second, tenth in times:
        at = second + tenth / 10
        moment = moment_of_change(moment, at)
        for look in (at, at + 1):
            value = last_modified(moment, look)
            assert value is None or value < int(look) + 1
            assert value is None or value <= look - tenth / 10
        said.append(last_modified(moment, 100))
    values = [value for value in said if value is not None]
    assert values == sorted(set(values))
