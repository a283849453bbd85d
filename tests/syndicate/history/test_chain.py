"""The walk from a feed back to its first article, whatever stands in it and is shown."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.syndicate.history.chain import (
    Page,
    Standing,
    closed_until,
    page_behind,
    page_of,
)
from services.syndicate.history.node import Node, key_of

SPRING = 1_772_000_000_000_000  # microseconds: early in 2026
LATEST = SPRING + 2**45

# In a burst of the same microsecond, minutes apart, or years.
TIMES = st.one_of(
    st.just(SPRING),
    st.integers(SPRING, SPRING + 20),
    st.integers(SPRING, LATEST),
    st.integers(-(2**40), LATEST),
)
ARTICLES = st.builds(lambda at, i: Standing(key_of(at, i.int), 1), TIMES, st.uuids())
FEEDS = st.lists(ARTICLES, min_size=1, max_size=40, unique_by=lambda each: each.article)
SIZES = st.integers(1, 6)


def falling(articles: Iterable[Standing]) -> list[Standing]:
    return sorted(articles, key=lambda each: each.key, reverse=True)


def page(articles: Iterable[Standing], node: Node, size: int) -> Page | Node:
    """Make a page from what one query with a limit gives."""
    below = [each for each in falling(articles) if each.key < node.end]
    return page_of(node, below[: 2 * size + 1], size)


def begin(articles: Iterable[Standing], shown: set[UUID], size: int) -> Node | None:
    return page_behind(falling(articles)[: len(shown) + size + 1], shown, size)


def walk(articles: Sequence[Standing], shown: set[UUID], size: int) -> Iterator[Page]:
    node = begin(articles, shown, size)
    while node:
        here = page(articles, node, size)
        assert isinstance(here, Page), "a page that a link names is whole"
        yield here
        node = here.previous


def newest(articles: Iterable[Standing], size: int) -> set[UUID]:
    return {each.article for each in falling(articles)[:size]}


@given(FEEDS, SIZES, st.data())
def test_feed_and_pages_together_hold_every_article_and_no_page_too_many(
    articles: list[Standing], size: int, data: st.DataObject
) -> None:
    # Notices stand at the top whatever their age, and what is too old or told for long is left out.
    everyone = sorted(each.article for each in articles)
    shown = set(data.draw(st.lists(st.sampled_from(everyone), unique=True)))
    pages = list(walk(articles, shown, size))
    held = [each.article for here in pages for each in here.entries]

    hidden = [each for each in articles if each.article not in shown]
    begins = max((each.key for each in hidden), default=None)
    assert {e.article for e in articles if begins and e.key <= begins} <= set(held)
    assert set(everyone) == shown | set(held)
    assert len(held) == len(set(held)), "no page overlaps with another"
    assert all(1 <= len(here.entries) <= size for here in pages)


@given(FEEDS, SIZES)
def test_a_page_holds_all_of_its_range_the_newest_first(
    articles: list[Standing], size: int
) -> None:
    for here in walk(articles, newest(articles, size), size):
        in_range = [e for e in articles if here.node.start <= e.key < here.node.end]
        assert list(here.entries) == falling(in_range)


@given(FEEDS, FEEDS, SIZES)
def test_newer_articles_change_no_page(
    articles: list[Standing], later: list[Standing], size: int
) -> None:
    last = closed_until(falling(articles))
    grown = articles + [each for each in later if each.key >= last]
    for here in walk(articles, set(), size):
        assert page(grown, here.node, size) == here


@given(FEEDS, SIZES)
def test_every_page_is_closed(articles: list[Standing], size: int) -> None:
    for here in walk(articles, set(), size):
        assert here.node.end <= closed_until(falling(articles))


@given(FEEDS, FEEDS, SIZES)
def test_who_is_on_his_way_misses_nothing_that_comes_late(
    articles: list[Standing], late: list[Standing], size: int
) -> None:
    grown = {each.article: each for each in (*late, *articles)}.values()
    for here in walk(articles, newest(articles, size), size):
        there = page(grown, here.node, size)
        held = [] if isinstance(there, Node) else list(there.entries)
        node = there if isinstance(there, Node) else there.previous
        while node and node.start >= here.node.start:
            assert node.end <= here.node.end
            following = page(grown, node, size)
            assert isinstance(following, Page)
            held += following.entries
            node = following.previous
        assert held == [e for e in falling(grown) if here.node.start <= e.key < here.node.end]


@given(FEEDS, SIZES)
def test_an_address_outlives_its_articles(articles: list[Standing], size: int) -> None:
    for here in walk(articles, set(), size):
        left = [each for each in articles if each not in here.entries]
        gone = page(left, here.node, size)
        assert isinstance(gone, Page)
        assert not gone.entries
        assert (gone.previous is None) == (not [e for e in left if e.key < here.node.start])


def test_a_feed_that_shows_all_it_has_leads_nowhere() -> None:
    articles = [Standing(key_of(SPRING + n, n), 1) for n in range(5)]
    assert begin(articles, newest(articles, 5), 5) is None
    assert begin([], set(), 5) is None


def test_pages_are_well_filled_when_articles_come_evenly() -> None:
    articles = [Standing(key_of(SPRING + n * 7_000_000_000, n), 1) for n in range(2000)]
    pages = list(walk(articles, newest(articles, 50), 50))
    assert len(pages) < 2 * len(articles) / 50
