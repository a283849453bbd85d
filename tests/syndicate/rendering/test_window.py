from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from services.syndicate.rendering.window import Periods, Standing, hour_of, most_notices, shown

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def standing(minute: int, *, notice: bool = False) -> Standing:
    return Standing(NOON - minute * MINUTE, UUID(int=minute), 1, notice)


def articles(minutes: Sequence[int]) -> list[Standing]:
    return [standing(minute) for minute in minutes]


def notices(minutes: Sequence[int]) -> list[Standing]:
    return [standing(minute, notice=True) for minute in minutes]


def minutes(entries: Sequence[Standing]) -> list[int]:
    return [entry.article.int for entry in entries]


def test_articles_and_notices_stand_in_one_order_and_the_oldest_leave() -> None:
    assert minutes(shown(articles([1, 3, 5, 7]), notices([2, 6]), 4)) == [1, 2, 3, 5]


def test_a_window_that_is_not_full_shows_all() -> None:
    assert minutes(shown(articles([1]), notices([2]), 50)) == [1, 2]
    assert shown([], [], 50) == []


def test_a_hundred_notices_leave_room_for_articles_and_push_out_none_of_their_own() -> None:
    entries = shown(articles(range(200, 250)), notices(range(100)), 50)
    assert sum(each.notice for each in entries) == 100
    assert minutes([each for each in entries if not each.notice]) == [*range(200, 225)]


def test_notices_further_down_than_the_articles_that_must_be_there_are_pushed_out() -> None:
    entries = shown(articles(range(50)), notices(range(1000, 1100)), 50)
    assert minutes(entries) == [*range(50)]


def test_a_feed_with_few_articles_shows_every_notice() -> None:
    assert len(shown(articles([1, 2]), notices(range(10, 110)), 50)) == 102


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_half_of_a_window_and_more_is_kept_for_articles(size: int) -> None:
    many = notices(range(most_notices(size)))
    entries = shown(articles(range(9000, 9000 + size)), many, size)
    assert sum(not each.notice for each in entries) == (size + 1) // 2


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_a_window_is_the_shortest_beginning_with_enough_entries_and_articles(size: int) -> None:
    for kinds in product([True, False], repeat=8):
        feed = [standing(minute, notice=kind) for minute, kind in enumerate(kinds)]
        articles = [each for each in feed if not each.notice]
        notices = [each for each in feed if each.notice]

        def enough(length: int, feed: Sequence[Standing] = feed) -> bool:
            beginning = feed[:length]
            return length >= size and sum(not e.notice for e in beginning) * 2 >= size

        ends = next(filter(enough, range(len(feed))), len(feed))
        assert shown(articles[:size], notices, size) == feed[:ends]


def test_an_edition_leaves_out_what_becomes_too_old_before_it_is_over() -> None:
    periods = Periods(articles=DAY, notices=30 * DAY)
    assert periods.too_old(NOON, notice=False) == NOON + 60 * MINUTE - DAY
    assert periods.too_old(NOON, notice=True) == NOON + 60 * MINUTE - 30 * DAY


def test_nothing_is_too_old_without_a_period_or_before_the_first_edition() -> None:
    assert Periods().too_old(NOON, notice=False) is None
    assert Periods(articles=DAY).too_old(None, notice=False) is None


def test_an_hour_begins_when_the_clock_says_so() -> None:
    assert hour_of(NOON + 59 * MINUTE + timedelta(microseconds=1)) == NOON
    assert hour_of(NOON) == NOON
