"""Whether a change costs the same with a million articles behind it as with a hundred.

`python -m bench.growth [ARTICLES...]` prints the table for docs/figures.md; 100 and 10,000 by
default, and 1,000,000 takes some minutes and 2 GB. Stores are filled through their tables, with
articles spread over a thousand feeds; then articles that are each in a feed of all eight families
are taken and rendered, one by one and in turn, up to when their bytes are on the shelf.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, insert

from schemas.article import Article
from services.common.database import Database, sqlite_url
from services.common.ids import new_id
from services.common.tasks import running
from services.syndicate import store
from services.syndicate.feeds.families import feeds_of, place
from services.syndicate.feeds.site import Site
from services.syndicate.rendering import feed_store
from services.syndicate.rendering.press import Press
from services.syndicate.serving.shelf import Shelf
from services.syndicate.tables import ARTICLE, ENTRY, TABLES
from tests.factories import NOON, article, event

_SIZES = (100, 10_000)
_UNITS, _COLUMNS, _CAMPAIGNS = 600, 300, 100
_FILLED_AT_ONCE = 5000
_WARM, _CHANGES = 60, 100  # the feeds are full after the first
_BODY = "<p>" + "thông quan hàng hóa xuất nhập khẩu " * 12 + "</p>"
_APART = 0.06  # seconds: more than the press gathers for


@dataclass
class Behind:
    """A store with so many articles, and what changes cost there, in seconds."""

    articles: int
    database: Database
    press: Press
    opened: float = 0.0
    stored: list[float] = field(default_factory=list)
    """Until the change was safe."""
    shown: list[float] = field(default_factory=list)
    """From then on, until its feeds were on the shelf."""
    worked: list[float] = field(default_factory=list)
    """Processor time for both: other programs on the machine make less of a difference to it."""


def main(sizes: Sequence[int]) -> None:
    """Measure, and print a table in Markdown."""
    made = asyncio.run(_measure(sizes))
    load = os.getloadavg()[0]
    print(f"{_CHANGES} changes each, in turn; {os.cpu_count()} cores, load {load:.1f} at the end\n")
    print(
        "| articles behind | opened, s | stored, ms | shown, ms | ratio | processor, ms | ratio |"
    )
    print("|---|---|---|---|---|---|---|")
    for each in made:
        stored, shown, worked = _medians(each)
        least = _medians(made[0])
        print(
            f"| {each.articles:,} | {each.opened:.1f} | {stored:.1f} | {shown:.1f} "
            f"| {(stored + shown) / (least[0] + least[1]):.2f} | {worked:.1f} "
            f"| {worked / least[2]:.2f} |"
        )


def _medians(of: Behind) -> tuple[float, float, float]:
    stored, shown, worked = (statistics.median(m) * 1e3 for m in (of.stored, of.shown, of.worked))
    return stored, shown, worked


async def _measure(sizes: Sequence[int]) -> list[Behind]:
    async with AsyncExitStack() as stack:
        made = [await stack.enter_async_context(_filled(size)) for size in sizes]
        for number in range(_WARM + _CHANGES):
            for each in made:
                if number == _WARM:
                    each.stored, each.shown, each.worked = [], [], []
                await _change(each, number)
        return made


@asynccontextmanager
async def _filled(size: int) -> AsyncIterator[Behind]:
    site = Site("https://feeds.example", "https://paper.example")
    with tempfile.TemporaryDirectory(prefix="tinbai-bench-") as folder:
        database = Database(sqlite_url(Path(folder) / "syndicate.db"), TABLES.create_all)
        try:
            await _fill(database, size)
            made = Behind(size, database, Press(database, Shelf(site), site, feed_size=50))
            begun = time.perf_counter()
            await made.press.open()
            made.opened = time.perf_counter() - begun
            async with running(press=made.press.run()):
                yield made
        finally:
            await database.close()


async def _change(of: Behind, number: int) -> None:
    """Take an article that is in a feed of each of the eight families."""
    await asyncio.sleep(_APART)
    at = NOON + timedelta(days=365, seconds=number)
    made = _made(number=0, urgency=1, correction_note="Sửa một số.", published=at, updated=at)
    assert len(feeds_of(made)) == 8
    begun, work = time.perf_counter(), time.process_time()
    await of.database.write(partial(store.apply_changes, changes=[event(made)]))
    stored = time.perf_counter()
    of.press.tell_changed()
    revision = await of.database.read(feed_store.newest_revision)
    while of.press.rendered < revision:
        of.press.progress.clear()
        await of.press.progress.wait()
    of.stored.append(stored - begun)
    of.shown.append(time.perf_counter() - stored)
    of.worked.append(time.process_time() - work)


def _made(number: int, **fields: object) -> Article:
    return article(
        body=_BODY,
        unit=f"U{number % _UNITS}",
        column=f"c{number % _COLUMNS}",
        campaigns=[f"k{number % _CAMPAIGNS}"],
        **fields,
    )


async def _fill(database: Database, size: int) -> None:
    kinds = [_made(number) for number in range(_UNITS)]
    for start in range(0, size, _FILLED_AT_ONCE):
        numbers = range(start, min(size, start + _FILLED_AT_ONCE))
        await database.write(partial(_fill_some, kinds=kinds, numbers=numbers))
    names = {name for kind in kinds for name in feeds_of(kind)}
    await database.write(partial(store.know, names=names))


def _fill_some(connection: Connection, kinds: Sequence[Article], numbers: Sequence[int]) -> None:
    """Write what taking these articles would leave, without reading what is there."""
    articles, entries = [], []
    for number in numbers:
        kind = kinds[number % len(kinds)]
        made = kind.model_copy(
            update={"id": new_id(), "published": NOON + timedelta(seconds=number)}
        )
        articles.append({"id": made.id, "version": 1, "json": made.model_dump_json().encode()})
        entries += [
            {"feed": name, "notice": False, "place": place(made), "article": made.id, "version": 1}
            for name in feeds_of(made)
        ]
    connection.execute(insert(ARTICLE), articles)
    connection.execute(insert(ENTRY), entries)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or _SIZES)
