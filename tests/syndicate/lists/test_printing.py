"""The lists as the press makes them, from the store."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from services.common.database import Database
from services.syndicate import store
from services.syndicate.feeds.site import Site
from services.syndicate.lists import printing, sitemap
from services.syndicate.lists import store as list_store
from services.syndicate.rendering import edition, fragments
from services.syndicate.rendering import press as press_module
from services.syndicate.rendering.edition import Rules
from services.syndicate.rendering.press import Press
from services.syndicate.rendering.window import Periods, hour_of
from services.syndicate.serving.shelf import Shelf
from tests.factories import NOON, article, erasure, retraction
from tests.syndicate.conftest import take
from tests.syndicate.feeds.test_families import events
from tests.syndicate.rendering.test_press import at_work, printed, shown, until_none_is_behind
from tests.syndicate.test_store import named

SITEMAP, OPML, PAGE = "/sitemap-news.xml", "/feeds.opml", "/"


async def test_every_list_is_there_from_the_first_start(database: Database, site: Site) -> None:
    assert {SITEMAP, OPML, PAGE, "/robots.txt"} <= set(await printed(database, site))


async def test_a_feed_is_listed_when_the_registry_names_it_and_called_as_it_says(
    database: Database, site: Site
) -> None:
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    for name in ("Hải quan HP", "Hải quan khu vực III"):
        renamed = [named("HQHP", name)]
        await database.write(partial(store.apply_registry, events=renamed))
        await all_rendered(press, database)
        for path in (OPML, PAGE):
            assert name in shown(shelf)[path].decode()
        assert "/feeds/units/HQHP.rss" in shown(shelf)
    assert "Hải quan HP" not in shown(shelf)[PAGE].decode()


async def test_whatever_the_registry_names_has_its_feed_at_once_and_keeps_it_when_it_is_renamed(
    database: Database, site: Site
) -> None:
    await database.write(partial(store.apply_registry, events=events()))
    first = await printed(database, site)
    renamed = [named("HQHP", "Chi cục Hải quan khu vực III")]
    await database.write(partial(store.apply_registry, events=renamed))
    second = await printed(database, site)
    assert set(first) == set(second)
    for name in ("units/HQHP", "columns/kt", "campaigns/tet"):
        for extension in ("rss", "atom", "json"):
            assert f"/feeds/{name}.{extension}" in first
    assert "Chi cục Hải quan khu vực III" in second["/feeds/units/HQHP.rss"].decode()


async def test_an_article_in_known_feeds_leaves_the_lists_of_feeds_alone(
    database: Database, site: Site
) -> None:
    await take(database, article())
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    before = dict(shelf.answers)
    await take(database, article())
    await all_rendered(press, database)
    for path in (OPML, PAGE, "/robots.txt"):
        assert shelf.answers[path] is before[path]


async def test_the_sitemap_names_public_articles_and_none_that_was_retracted(
    database: Database, site: Site
) -> None:
    one, two, hidden = article(), article(), article(audience="canary")
    await take(database, one, two, hidden)
    served = (await printed(database, site))[SITEMAP]
    assert str(one.id).encode() in served
    assert str(hidden.id).encode() not in served

    await take(database, retraction(one.id))
    served = (await printed(database, site))[SITEMAP]
    assert str(one.id).encode() not in served
    assert str(two.id).encode() in served


async def test_the_sitemap_holds_two_days_and_the_newest_thousand(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "MOST", 3)
    rules = Rules(50, Periods(), "")
    hour = hour_of(NOON)
    late = [article(published=NOON - n * timedelta(hours=12)) for n in range(6)]
    await take(database, *late)
    await database.write(partial(edition.turn, hour=hour, rules=rules))
    served = (await printed(database, site))[SITEMAP].decode()
    assert [str(each.id) in served for each in late] == [True] * 3 + [False] * 3

    await database.write(partial(edition.turn, hour=hour + timedelta(days=1), rules=rules))
    served = (await printed(database, site))[SITEMAP].decode()
    assert [str(each.id) in served for each in late] == [True] * 2 + [False] * 4


async def test_saved_lists_are_served_again_without_being_made(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(database, article())
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    await press.saving.save()

    def never(*_: object) -> bytes:
        raise AssertionError("made again")

    monkeypatch.setattr(sitemap, "say", never)
    monkeypatch.setattr(printing, "index", never)
    monkeypatch.setattr(fragments, "cut", never)
    monkeypatch.setattr(press_module, "bind", never)
    assert await printed(database, site) == shown(shelf)


async def test_a_list_that_cannot_be_made_holds_up_neither_a_start_nor_the_other(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> bytes:
        raise ValueError("cannot be said")

    monkeypatch.setattr(printing, "index", never)
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    assert SITEMAP in shelf.answers
    assert PAGE not in shelf.answers

    monkeypatch.undo()
    await all_rendered(press, database)
    assert PAGE in shelf.answers


async def test_the_hour_alone_renders_what_it_changes(database: Database, site: Site) -> None:
    rules = Rules(50, Periods(notices=timedelta(days=3)), "")
    one, two = article(unit="A"), article(unit="B")
    await take(database, one, two, retraction(one.id, unit="A", updated=NOON))
    await database.write(partial(edition.turn, hour=hour_of(NOON), rules=rules))
    shelf = Shelf(site)
    press = Press(database, shelf, site, 50, rules.periods)
    await press.open()
    before = dict(shelf.answers)

    later = hour_of(NOON) + timedelta(days=3)
    await database.write(partial(edition.turn, hour=later, rules=rules))
    await all_rendered(press, database)
    changed = {path for path, answer in shelf.answers.items() if before[path] is not answer}
    assert "/feeds/units/A.rss" in changed
    assert "/feeds/units/B.rss" not in changed
    assert str(one.id).encode() not in shown(shelf)["/feeds/latest.atom"]

    assert not await database.write(partial(edition.turn, hour=later, rules=rules))
    assert await printed_with(database, site, rules) == shown(shelf)


async def printed_with(database: Database, site: Site, rules: Rules) -> dict[str, bytes]:
    shelf = Shelf(site)
    await Press(database, shelf, site, rules.size, rules.periods).open()
    return dict(shown(shelf))


async def test_what_is_erased_leaves_the_sitemap(database: Database, site: Site) -> None:
    one = article(headline="Tên phải xoá")
    await take(database, one)
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    assert "Tên phải xoá" in shown(shelf)[SITEMAP].decode()
    await take(database, erasure(one.id))
    press.forget([one.id])
    await all_rendered(press, database)
    assert "Tên phải xoá" not in shown(shelf)[SITEMAP].decode()


async def all_rendered(press: Press, database: Database) -> None:
    """Let the press run until neither a feed nor a list is behind."""
    press.tell_changed()
    making = asyncio.create_task(press.lists.run())
    async with at_work(press), asyncio.timeout(10):
        await until_none_is_behind(press, database)
        while press.behind(await database.read(list_store.lists)):
            await asyncio.sleep(0.005)
    making.cancel()
    await asyncio.wait([making])
