"""Whether the partners' side keeps up: `python -m bench.partners [PARTNERS [SECONDS]]`.

Ten articles a second come for so many seconds, one in ten of them a correction. Each of the
partners takes about a tenth, and has a webhook, so that there is a delivery row for each entry;
what happened is told as events, one for a version and a state. The same articles are taken in for
no partners, in turns. Told is how much of the time the database's one writer was busy, and what was
left to do at the end. Nothing is sent: `bench.webhooks` measures that.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, func, select

from schemas.article import Article
from schemas.partner import Format, Product
from services.common.database import Database, sqlite_url
from services.common.instants import now
from services.common.tasks import running
from services.syndicate import store
from services.syndicate.announcing.news import NewsTeller
from services.syndicate.change import Change
from services.syndicate.changes.emitting import Emitter
from services.syndicate.consequences import follow
from services.syndicate.migrations import migrate
from services.syndicate.partner_tables import DELIVERY, DELIVERY_NEWS, PARTNER_ENTRY
from services.syndicate.tables import OUTBOX
from services.syndicate.ways import store as ways
from tests.factories import article, event
from tests.syndicate.partners_at_work import SITE, add_partner

_PER_SECOND = 10
_ROUNDS = 2
_COLUMNS = [f"chuyen-muc-{number}" for number in range(30)]


async def main(partners: int, seconds: int) -> None:
    for _ in range(_ROUNDS):
        for count in (0, partners):
            await _measure(count, seconds, Random(7))


async def _measure(partners: int, seconds: int, random: Random) -> None:
    async with _store() as database:
        await database.write(partial(_add_partners, count=partners, random=random))
        emitter = Emitter(SITE, follow)
        took: list[float] = []
        async with running(news=NewsTeller(database, asyncio.Event()).run()):
            begun = time.perf_counter()
            for number, version in enumerate(_versions(seconds * _PER_SECOND, random)):
                await asyncio.sleep(begun + number / _PER_SECOND - time.perf_counter())
                at = time.perf_counter()
                await database.write(partial(_take, changes=[event(version)], emitter=emitter))
                took.append(time.perf_counter() - at)
            lasted = time.perf_counter() - begun
            await asyncio.sleep(2)
        left = await database.read(_counts)
    p99 = sorted(took)[-len(took) // 100]
    print(
        f"{partners:5} partners: {len(took) / lasted:.1f} versions a second; a version in "
        f"{statistics.median(took) * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, "
        f"{sum(took) / lasted:.1%} of the writer's time; {left}"
    )


@asynccontextmanager
async def _store() -> AsyncIterator[Database]:
    with TemporaryDirectory() as folder:
        database = Database(sqlite_url(Path(folder) / "syndicate.db"), migrate)
        try:
            yield database
        finally:
            await database.close()


def _add_partners(connection: Connection, count: int, random: Random) -> None:
    for number in range(count):
        code = f"bao-{number}"
        add_partner(connection, code, Product(columns=random.sample(_COLUMNS, 3)))
        url = f"https://{code}.example/tin"
        new = ways.NewWay(code, "webhook", Format.JSON, url, f"{code}.example")
        ways.add(connection, new, now())


def _versions(count: int, random: Random) -> Sequence[Article]:
    made: list[Article] = []
    for number in range(count):
        if number % 10 == 9:
            before = made[-5]
            change = {"version": before.version + 1, "correction_note": "Sửa."}
            made.append(before.model_copy(update=change))
        else:
            body = f"<p>{'Nội dung tin tức. ' * 170}</p>"
            made.append(article(column=random.choice(_COLUMNS), body=body))
    return made


def _take(connection: Connection, changes: Sequence[Change], emitter: Emitter) -> None:
    effective = store.apply_changes(connection, changes)
    emitter.take(connection, changes, effective)


def _counts(connection: Connection) -> str:
    tables = {
        "entries": PARTNER_ENTRY,
        "deliveries": DELIVERY,
        "events": OUTBOX,
        "news left": DELIVERY_NEWS,
    }
    return ", ".join(
        f"{connection.scalar(select(func.count()).select_from(table))} {name}"
        for name, table in tables.items()
    )


if __name__ == "__main__":
    numbers = [int(given) for given in sys.argv[1:]]
    asyncio.run(main(*(numbers + [200, 20][len(numbers) :])))
