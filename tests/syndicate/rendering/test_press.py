import asyncio
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import pytest

from services.common.database import Database
from services.common.metrics import FEED_FAILURES, FEED_RENDER_ERRORS
from services.syndicate import store
from services.syndicate.feeds import binding
from services.syndicate.feeds.binding import Document, Fragment
from services.syndicate.feeds.entry import Entry
from services.syndicate.feeds.site import Site
from services.syndicate.rendering import feed_store, fragments
from services.syndicate.rendering import press as press_module
from services.syndicate.rendering.press import Press
from services.syndicate.serving.shelf import Shelf
from services.syndicate.tables import TABLES
from tests.factories import article, retraction
from tests.syndicate.conftest import take
from tests.syndicate.test_store import named

Shown = Mapping[str, bytes]


async def printed(database: Database, site: Site) -> Shown:
    """Start on what is in the store; give every document that is served then."""
    shelf = Shelf(site)
    await Press(database, shelf, site, feed_size=50).open()
    return shown(shelf)


def shown(shelf: Shelf) -> Shown:
    return {path: answer.document.body for path, answer in shelf.answers.items()}


async def test_what_is_always_there_is_served_from_the_first_start(
    database: Database, site: Site
) -> None:
    served = await printed(database, site)
    assert {"/feeds/latest.rss", "/feeds/urgent.atom", "/feeds/genres/podcast.json"} <= set(served)


async def test_an_article_stands_in_its_feeds_and_a_retraction_erases_its_text_from_all(
    database: Database, site: Site
) -> None:
    one = article(headline="Tin phải rút", lead="Sapo phải rút", body="<p>Thân phải rút</p>")
    await take(database, one)
    served = await printed(database, site)
    assert b"Tin ph\xe1\xba\xa3i r\xc3\xbat" in served["/feeds/units/HQHP.atom"]

    await take(database, retraction(one.id))
    served = await printed(database, site)
    assert not [path for path, body in served.items() if "phải rút" in body.decode()]
    assert str(one.id).encode() in served["/feeds/units/HQHP.atom"]


async def test_a_rebuild_from_nothing_gives_the_same_bytes(
    database: Database, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one, two = article(), article(unit="HQCM", column="kt")
    versions = [one, two, article(id=one.id, version=2, correction_note="Sửa"), retraction(two.id)]
    for version in versions:
        await take(database, version)
    before = await printed(database, site)

    url = f"sqlite:///{tmp_path_factory.mktemp('other')}/syndicate.db"
    rebuilt = Database(url, TABLES.create_all)
    await take(rebuilt, *versions)
    assert await printed(rebuilt, site) == before
    await rebuilt.close()


async def test_saved_feeds_are_served_again_without_being_rendered(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(database, article())
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    await press.saving.save()

    def never(*_: object) -> Fragment:
        raise AssertionError("rendered again")

    monkeypatch.setattr(fragments, "cut", never)
    monkeypatch.setattr(press_module, "bind", never)
    assert await printed(database, site) == shown(shelf)


async def test_what_changed_after_the_last_saving_is_rendered_before_anyone_reads(
    database: Database, site: Site
) -> None:
    press = Press(database, Shelf(site), site, feed_size=50)
    await press.open()
    await press.saving.save()
    late = article()
    await take(database, late)
    served = await printed(database, site)
    assert str(late.id).encode() in served["/feeds/latest.json"]


async def test_a_change_renders_one_entry_and_only_its_feeds(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(database, *(article(unit=f"U{n}") for n in range(20)))
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    before = dict(shelf.answers)

    cut: list[Entry] = []
    real = binding.cut
    monkeypatch.setattr(fragments, "cut", lambda e, s: cut.append(e) or real(e, s))  # type: ignore[func-returns-value]
    new = article(unit="U7")
    await take(database, new)
    await rendered(press, database)

    assert [entry.id for entry in cut] == [new.id]
    changed = {path for path, answer in shelf.answers.items() if before[path] is not answer}
    assert changed == {
        f"/feeds/{feed}.{extension}"
        for feed in ("latest", "units/U7", "genres/news", "languages/vi")
        for extension in ("rss", "atom", "json")
    }


async def test_an_entry_that_cannot_be_rendered_is_left_out_alone(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = article(), article()
    real = binding.cut

    def fragile(entry: Entry, to: Site) -> Fragment:
        if entry.id == bad.id:
            raise ValueError("cannot be said")
        return real(entry, to)

    monkeypatch.setattr(fragments, "cut", fragile)
    errors = FEED_RENDER_ERRORS._value.get()
    await take(database, good, bad)
    latest = (await printed(database, site))["/feeds/latest.rss"]
    assert str(good.id).encode() in latest
    assert str(bad.id).encode() not in latest
    assert FEED_RENDER_ERRORS._value.get() == errors + 1


async def test_a_feed_that_cannot_be_rendered_holds_up_neither_a_start_nor_others(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press_module, "_PAUSES", (0.01,))
    failures, real = FEED_FAILURES._value.get(), binding.bind
    fails = True

    def fragile(name: str, *rest: Any) -> list[Document]:
        if fails and name == "units/BAD":
            raise ValueError("cannot be said")
        return real(name, *rest)

    monkeypatch.setattr(press_module, "bind", fragile)
    await take(database, article(unit="BAD"), article(unit="A"))
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    assert press.holds("units/BAD")
    async with at_work(press), asyncio.timeout(10):
        await take(database, late := article(unit="A"))
        press.tell_changed()
        while press.rendered < await database.read(feed_store.newest_revision):
            await asyncio.sleep(0.005)  # it is waited for some times
        assert str(late.id) in shown(shelf)["/feeds/units/A.rss"].decode()
        assert FEED_FAILURES._value.get() >= failures + 4
        assert "/feeds/units/BAD.rss" not in shelf.answers

        fails = False
        await until_none_is_behind(press, database)
    assert "/feeds/units/BAD.rss" in shelf.answers


async def test_a_unit_is_called_by_its_new_name_everywhere(database: Database, site: Site) -> None:
    await take(database, article())
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    renamed = [named("HQHP", "Hải quan khu vực III")]
    await database.write(partial(store.apply_registry, events=renamed))
    await rendered(press, database)
    assert "Hải quan khu vực III" in shown(shelf)["/feeds/latest.atom"].decode()
    assert "<title>Hải quan khu vực III" in shown(shelf)["/feeds/units/HQHP.rss"].decode()


async def test_feeds_that_must_not_wait_are_served_before_those_of_a_backlog(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    await take(database, *(article(unit=f"U{n:02}") for n in range(40)))
    served: list[str] = []
    real = shelf.put

    def put(documents: Sequence[Document]) -> None:
        real(documents)
        served.append(documents[0].path.removeprefix("/feeds/").partition(".")[0])
        if len(served) == 1:  # a pass through the backlog has begun
            press.tell_changed(first=["units/U20", "units/U21"])

    monkeypatch.setattr(shelf, "put", put)
    await rendered(press, database)

    assert {"units/U20", "units/U21"} <= set(served[8:16])
    assert len(served) == len(set(served))


async def test_a_press_at_rest_begins_at_once_on_what_must_not_wait(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press_module, "_GATHER", 3600)
    press = Press(database, Shelf(site), site, feed_size=50)
    await press.open()
    await take(database, article(unit="U1"))
    async with at_work(press):
        press.tell_changed()
        await until_none_is_behind(press, database)
        await take(database, article(unit="U1"))
        press.tell_changed(first=["units/U1"])
        await until_none_is_behind(press, database)


async def test_the_first_change_is_rendered_at_once_and_those_that_follow_together(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press_module, "_GATHER", 3600)
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    put: list[str] = []
    real = shelf.put

    def noted(documents: Sequence[Document]) -> None:
        real(documents)
        put.append(documents[0].path)

    monkeypatch.setattr(shelf, "put", noted)
    async with at_work(press):
        await take(database, article())
        press.tell_changed()
        await until_none_is_behind(press, database)
        following = [article() for _ in range(5)]
        for each in following:
            await take(database, each)
            press.tell_changed()
        assert put.count("/feeds/latest.rss") == 1

        press.tell_changed(first=["latest"])  # the rest is over
        await until_none_is_behind(press, database)

    assert put.count("/feeds/latest.rss") == 2
    latest = shown(shelf)["/feeds/latest.rss"].decode()
    assert [each for each in following if str(each.id) not in latest] == []


async def test_while_a_backlog_is_worked_off_only_what_must_not_wait_is_rendered_at_once(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for setting in ("_BACKLOG_GATHER", "_BACKLOG_LASTS"):
        monkeypatch.setattr(press_module, setting, 3600)
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    urgent = article(unit="U10")
    async with at_work(press):
        await take(database, *(article(unit=f"U{n}") for n in range(20)), urgent)
        press.tell_changed(backlog=True)
        press.tell_changed(first=["units/U10"])
        async with asyncio.timeout(10):
            while str(urgent.id) not in shown(shelf).get("/feeds/units/U10.rss", b"").decode():
                await asyncio.sleep(0.005)
        assert len(press.behind(await database.read(feed_store.feeds))) > 10


async def test_a_change_that_comes_while_others_are_rendered_is_not_lost(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    late = article(unit="U1")
    await take(database, article(unit="U1"))
    async with at_work(press):
        async with held_in_cutting(monkeypatch, press):
            await take(database, late)
            press.tell_changed()
        await until_none_is_behind(press, database)
    assert str(late.id) in shown(shelf)["/feeds/units/U1.atom"].decode()


async def test_a_change_is_served_soon_while_a_new_name_has_every_feed_rendered(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(database, *(article(unit=f"U{n:02}") for n in range(60)))
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()
    await database.write(partial(store.apply_registry, events=[named("U01", "Hải quan một")]))
    served: list[str] = []
    real = shelf.put

    def put(documents: Sequence[Document]) -> None:
        real(documents)
        served.append(documents[0].path.removeprefix("/feeds/").partition(".")[0])

    monkeypatch.setattr(shelf, "put", put)
    async with at_work(press):
        async with held_in_cutting(monkeypatch, press):
            await take(database, article(unit="U30"))
            press.tell_changed()
        await until_none_is_behind(press, database)
    assert {"latest", "units/U30"} <= set(served[8:24])
    assert len(set(served)) > 70


@asynccontextmanager
async def held_in_cutting(monkeypatch: pytest.MonkeyPatch, press: Press) -> AsyncIterator[None]:
    """Have the press render, and hold it in the middle of its first feeds."""
    cutting, go_on = threading.Event(), threading.Event()
    real = binding.cut

    def slow(entry: Entry, to: Site) -> Fragment:
        cutting.set()
        assert go_on.wait(10)
        return real(entry, to)

    monkeypatch.setattr(fragments, "cut", slow)
    press.tell_changed()
    assert await asyncio.to_thread(cutting.wait, 10)
    try:
        yield
    finally:
        go_on.set()


async def rendered(press: Press, database: Database) -> None:
    """Let the press run until nothing is behind."""
    press.tell_changed()
    async with at_work(press):
        await until_none_is_behind(press, database)


@asynccontextmanager
async def at_work(press: Press) -> AsyncIterator[None]:
    task = asyncio.create_task(press.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until_none_is_behind(press: Press, database: Database) -> None:
    async with asyncio.timeout(10):
        while press.behind(await database.read(feed_store.feeds)):
            await asyncio.sleep(0.005)


async def test_a_feed_that_changed_after_the_last_saving_is_not_served_before_it_is_made_anew(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = [f"units/U{n}" for n in range(30)]
    old = [article(unit=unit[6:]) for unit in units]
    await take(database, *old)
    first = Press(database, Shelf(site), site, feed_size=50)
    await first.open()
    await first.saving.save()
    await take(database, *(retraction(each.id, unit=each.unit) for each in old))  # and a crash
    monkeypatch.setattr(press_module, "_OPENING", 0.0)

    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    await press.open()

    held = [unit for unit in units if press.holds(unit)]
    assert held
    assert not [unit for unit in held if f"/feeds/{unit}.rss" in shelf.answers]
    assert "/feeds/genres/podcast.rss" in shelf.answers
    assert {feed.name for feed in press.behind(await database.read(feed_store.feeds))} >= set(held)
    await rendered(press, database)
    assert not [unit for unit in units if press.holds(unit)]
    assert not [unit for unit in units if f"/feeds/{unit}.rss" not in shelf.answers]
