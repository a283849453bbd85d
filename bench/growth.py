"""Whether a change costs the same with a million articles behind it as with a hundred.

`python -m bench.growth [ARTICLES...]` prints the table for docs/figures.md; 100, 10,000 and 1,000,000
by default. A store is filled through its tables, with articles spread over a thousand feeds; then
articles that are each in one feed of all eight families are taken and rendered, one by one, up to
when their bytes are on the shelf.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, insert

from schemas.article import Article
from services.common.database import Database, sqlite_url
from services.common.ids import new_id
from services.common.tasks import running
from services.syndicate import feed_store, store
from services.syndicate.feeds.families import feeds_of, place
from services.syndicate.feeds.site import Site
from services.syndicate.press import Press
from services.syndicate.shelf import Shelf
from services.syndicate.tables import ARTICLE, ENTRY, TABLES
from tests.factories import NOON, article, event

_SIZES = (100, 10_000, 1_000_000)
_UNITS, _COLUMNS, _CAMPAIGNS = 600, 300, 100
_FILLED_AT_ONCE = 5000
_WARM, _CHANGES = 60, 100  # the feeds are full after the first
_APART = 0.06  # seconds: more than the press gathers for
_BODY = "<p>" + "thông quan hàng hóa xuất nhập khẩu " * 12 + "</p>"


@dataclass(frozen=True)
class Change:
    """How long one took, in seconds: until it was stored, and from then on until it was shown."""

    stored: float
    shown: float


@dataclass(frozen=True)
class Growth:
    """What changes cost with `behind` articles behind them."""

    behind: int
    opened: float
    changes: Sequence[Change]


def main(sizes: Sequence[int]) -> None:
    """Measure, and print a table in Markdown."""
    made = [asyncio.run(_measure(size)) for size in sizes]
    print(f"{_CHANGES} changes each; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end\n")
    print("| articles behind | stored, ms | shown, ms | together | to the first line | opened, s |")
    print("|---|---|---|---|---|---|")
    least = _whole(made[0])
    for each in made:
        stored = statistics.median(change.stored for change in each.changes)
        shown = statistics.median(change.shown for change in each.changes)
        whole = _whole(each)
        print(
            f"| {each.behind:,} | {stored * 1e3:.1f} | {shown * 1e3:.1f} | {whole * 1e3:.1f} "
            f"| {whole / least:.2f} | {each.opened:.1f} |"
        )


def _whole(growth: Growth) -> float:
    return statistics.median(change.stored + change.shown for change in growth.changes)


async def _measure(size: int) -> Growth:
    with tempfile.TemporaryDirectory(prefix="tinbai-bench-") as folder:
        database = Database(sqlite_url(Path(folder) / "syndicate.db"), TABLES.create_all)
        try:
            await _fill(database, size)
            site = Site("https://feeds.example", "https://paper.example")
            press = Press(database, Shelf(site), site, feed_size=50)
            begun = time.perf_counter()
            await press.open()
            opened = time.perf_counter() - begun
            async with running(press=press.run()):
                changes = [await _change(database, press, n) for n in range(_WARM + _CHANGES)]
            return Growth(size, opened, changes[_WARM:])
        finally:
            await database.close()


async def _change(database: Database, press: Press, number: int) -> Change:
    """Take an article that is in a feed of each of the eight families."""
    await asyncio.sleep(_APART)
    at = NOON + timedelta(days=365, seconds=number)
    made = _made(number=0, urgency=1, correction_note="Sửa một số.", published=at, updated=at)
    assert len(feeds_of(made)) == 8
    begun = time.perf_counter()
    await database.write(partial(store.apply_changes, changes=[event(made)]))
    stored = time.perf_counter()
    press.tell_changed()
    revision = await database.read(feed_store.newest_revision)
    while press.rendered < revision:
        press.progress.clear()
        await press.progress.wait()
    return Change(stored - begun, time.perf_counter() - stored)


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
            {"feed": name, "place": place(made), "article": made.id, "version": 1}
            for name in feeds_of(made)
        ]
    connection.execute(insert(ARTICLE), articles)
    connection.execute(insert(ENTRY), entries)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or _SIZES)
