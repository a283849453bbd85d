"""What was erased leaves syndicate's memory, its saved feeds, and its files."""

import asyncio
from functools import partial
from pathlib import Path

from services.common.database import Database
from services.syndicate import store
from services.syndicate.change import Tombstone
from services.syndicate.feeds.site import Site
from services.syndicate.forgetting import forget_once
from services.syndicate.rendering.press import Press
from services.syndicate.serving.shelf import Shelf
from tests.factories import article, erasure
from tests.syndicate.conftest import take

MARK = "PHAI-XOA"


def held_by(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if MARK.encode() in path.read_bytes()]


def served(shelf: Shelf) -> list[str]:
    return [path for path, answer in shelf.answers.items() if MARK.encode() in answer.document.body]


async def test_no_byte_stays_in_feed_memory_or_file(
    database: Database, site: Site, tmp_path: Path
) -> None:
    shelf = Shelf(site)
    press = Press(database, shelf, site, feed_size=50)
    one = article(headline=f"{MARK} tít", body=f"<p>{MARK}</p>" * 200)
    await take(database, *(article(body="<p>x</p>" * n) for n in range(1, 40)), one)
    await press.open()
    await press.saving.save()
    assert served(shelf)
    assert held_by(tmp_path)

    await take(database, erasure(one.id))
    await database.write(
        partial(store.apply_changes, changes=[Tombstone(one.id, 1)])  # changes nothing any more
    )
    press.forget([one.id])
    await press.open()
    assert served(shelf) == []
    await press.saving.save()
    assert await forget_once(database)
    assert held_by(tmp_path) == []
    assert MARK not in repr(vars(press._fragments))
    assert not await forget_once(database)


async def test_it_waits_for_the_feeds_to_be_saved_without_it(
    database: Database, site: Site, tmp_path: Path
) -> None:
    press = Press(database, Shelf(site), site, feed_size=50)
    one = article(headline=MARK)
    await take(database, one)
    await press.open()
    await press.saving.save()
    await take(database, erasure(one.id))
    async with asyncio.timeout(30):
        async with asyncio.TaskGroup() as group:
            forgetting = group.create_task(forget_once(database))
            await press.open()
            assert not forgetting.done()
            await press.saving.save()
    assert held_by(tmp_path) == []
