import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from services.common.database import Database
from services.syndicate.lists import store as list_store
from services.syndicate.rendering import edition, feed_store
from services.syndicate.rendering.clock import Clock
from services.syndicate.rendering.edition import Rules
from services.syndicate.rendering.window import Periods
from tests.factories import article, retraction
from tests.syndicate.conftest import take

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PERIODS = Periods(articles=10 * DAY, notices=3 * DAY)
RULES = Rules(50, PERIODS, "")

Publish = Callable[..., Sequence[bool]]


@pytest.fixture
def begun(connection: Connection) -> Connection:
    """A store in which it is noon."""
    list_store.begin(connection)
    edition.turn(connection, NOON, RULES)
    return connection


def revisions(connection: Connection) -> dict[str, int]:
    feeds = [*feed_store.feeds(connection), *list_store.lists(connection)]
    return {feed.name: feed.revision for feed in feeds}


def changed_by(connection: Connection, hour: datetime, rules: Rules = RULES) -> set[str]:
    """Go on to an hour; name the feeds and lists that are to be rendered again."""
    before = revisions(connection)
    edition.turn(connection, hour, rules)
    return {name for name, number in revisions(connection).items() if before[name] != number}


def shown(connection: Connection, feed: str = "latest") -> list[object]:
    window = feed_store.window(connection, feed, RULES.size, RULES.periods)
    return [article for article, _ in window.entries]


def test_an_article_leaves_the_hour_before_it_is_too_old(
    begun: Connection, publish: Publish
) -> None:
    one = article(unit="A", published=NOON + 30 * timedelta(minutes=1))
    publish(one, article(unit="B", published=NOON + 5 * DAY))
    edition.turn(begun, NOON + 9 * DAY, RULES)
    assert changed_by(begun, NOON + 10 * DAY - HOUR) == set()
    assert one.id in shown(begun)
    assert changed_by(begun, NOON + 10 * DAY) == {
        "latest",
        "units/A",
        "genres/news",
        "languages/vi",
    }
    assert shown(begun, "units/A") == []
    assert one.id not in shown(begun)


def test_a_notice_leaves_by_the_time_of_the_retraction(begun: Connection, publish: Publish) -> None:
    one = article(published=NOON - 2 * DAY)
    publish(one, retraction(one.id, published=one.published, updated=NOON))
    assert changed_by(begun, NOON + 3 * DAY - 2 * HOUR) == set()
    assert shown(begun) == [one.id]
    assert "corrections" in changed_by(begun, NOON + 3 * DAY - HOUR)
    assert shown(begun) == []


def test_hours_in_which_nobody_was_there_are_made_up_for(
    begun: Connection, publish: Publish
) -> None:
    publish(article(unit="A", published=NOON), article(unit="B", published=NOON + 3 * DAY))
    assert changed_by(begun, NOON + 100 * DAY) >= {"latest", "units/A", "units/B"}
    assert shown(begun) == []


def test_an_entry_that_grows_too_old_where_nobody_sees_it_renders_nothing(
    begun: Connection, publish: Publish
) -> None:
    small = Rules(2, PERIODS, "")
    edition.turn(begun, NOON, small)
    old = article(unit="A", published=NOON)
    publish(old, *(article(unit="B", published=NOON + DAY) for _ in range(2)))
    assert changed_by(begun, NOON + 10 * DAY - HOUR, small) == {"units/A", "sitemap"}


def test_the_same_hour_and_a_clock_that_is_set_back_a_little_change_nothing(
    begun: Connection, publish: Publish
) -> None:
    publish(article(published=NOON - 9 * DAY))
    assert edition.turn(begun, NOON + DAY, RULES)
    for hour in (NOON + DAY, NOON + 23 * HOUR, NOON):
        assert changed_by(begun, hour) == set()
        assert shown(begun) == []


def test_a_clock_that_was_far_ahead_is_believed_no_longer(
    begun: Connection, publish: Publish
) -> None:
    one = article(published=NOON)
    publish(one)
    edition.turn(begun, NOON + 10000 * DAY, RULES)
    assert shown(begun) == []
    assert "latest" in changed_by(begun, NOON + HOUR)
    assert shown(begun) == [one.id]


def test_other_settings_render_everything_again_once(begun: Connection, publish: Publish) -> None:
    publish(article())
    other = Rules(20, PERIODS, "")
    assert changed_by(begun, NOON, other) == set(revisions(begun))
    assert changed_by(begun, NOON, other) == set()


def test_the_sitemap_changes_when_an_article_is_two_days_old(
    begun: Connection, publish: Publish
) -> None:
    publish(article(published=NOON))
    assert changed_by(begun, NOON + 2 * DAY - 2 * HOUR) == set()
    assert changed_by(begun, NOON + 2 * DAY - HOUR) == {"sitemap"}
    assert changed_by(begun, NOON + 2 * DAY) == set()


def test_without_an_age_articles_stay_for_ever(begun: Connection, publish: Publish) -> None:
    one = article(published=NOON)
    publish(one)
    rules = Rules(50, Periods(notices=3 * DAY), "")
    edition.turn(begun, NOON, rules)
    assert changed_by(begun, NOON + 4000 * DAY, rules) == {"sitemap"}
    window = feed_store.window(begun, "latest", 50, rules.periods)
    assert window.entries == [(one.id, 1)]


def test_what_leaves_is_found_by_the_key(connection: Connection) -> None:
    plan = connection.execute(
        text(
            "EXPLAIN QUERY PLAN SELECT name FROM feed WHERE EXISTS (SELECT 1 FROM entry"
            " WHERE entry.feed = feed.name AND notice = 0 AND place > 1 AND place <= 2)"
        )
    )
    assert any(
        "entry USING PRIMARY KEY (feed=? AND notice=? AND place>? AND place<?)" in step.detail
        for step in plan
    )


async def test_the_clock_tells_of_each_new_hour_once(database: Database) -> None:
    await take(database, article(published=NOON))
    told: list[datetime] = []
    at = NOON + timedelta(minutes=59)
    clock = Clock(database, RULES, lambda: told.append(at), lambda: at)
    await clock.look()
    await clock.look()
    at = NOON + HOUR
    await clock.look()
    assert told == [NOON + timedelta(minutes=59), NOON + HOUR]

    # After a start within the same hour there is nothing to tell.
    await Clock(database, RULES, lambda: told.append(at), lambda: at).look()
    assert len(told) == 2


async def test_the_clock_looks_as_soon_as_the_hour_is_over(database: Database) -> None:
    loop = asyncio.get_running_loop()
    began: float | None = None

    def tell_time() -> datetime:
        passed = 0.0 if began is None else loop.time() - began
        return NOON + HOUR - timedelta(milliseconds=50) + timedelta(seconds=passed)

    told = asyncio.Event()
    clock = Clock(database, RULES, told.set, tell_time)
    await clock.look()
    assert await database.read(feed_store.hour) == NOON
    told.clear()
    began = loop.time()

    running = asyncio.create_task(clock.run())
    async with asyncio.timeout(10):
        await told.wait()
    assert await database.read(feed_store.hour) == NOON + HOUR
    running.cancel()
    await asyncio.wait([running])
