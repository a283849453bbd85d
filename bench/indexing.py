"""How fast archive indexes, and in how much memory: `python -m bench.indexing DATA [COUNT]`.

DATA holds `news-dev.ndjson.gz`; COUNT articles are made of it (see `bench.news`), 50,000 by
default. In turns: bare tantivy-py, which gets documents with the same fields, prepared beforehand;
and archive as a process of its own, from its consumers' start on a topic that holds all of them to
the last commit. Then, on the same process: how long after its record in Kafka an article is found.
"""

import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from statistics import median, quantiles

import httpx2
import psutil
import tantivy
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from bench.archive import report
from bench.news import articles, events
from schemas.events import ArticleEvent
from schemas.topics import ARTICLES
from services.archive.embedded.documents import SCHEMA, as_tantivy
from services.archive.engine.documents import version_document
from services.common.ids import new_id
from services.common.kafka import ensure_topics
from tests.factories import article, event
from tests.integration.services import Place
from tests.stack.processes import free_port_base, until

_PAGE = Path(__file__).parents[1] / "docs" / "archive-index.md"
_WRITTEN = (50_000, 1_000_000)
_HEAD = (
    "",
    "articles a second",
    "processor time of each, ms",
    "resident, MB",
    "of that files, MB",
)
_BARE_COMMIT = 10_000  # articles: as large as memory allows them to be prepared beforehand
_SINGLES = 40
_PATIENCE = 3600.0  # seconds
_LOOK_EVERY = 0.25  # seconds


def main(data: Path, count: int = 50_000, turns: int = 2) -> None:
    rows: list[tuple[object, ...]] = [_HEAD]
    with tempfile.TemporaryDirectory(prefix="tinbai-bench-") as folder:
        place = Place(Path(folder) / "data", free_port_base())
        with place.broker():
            asyncio.run(_fill(place, data, count))
            for _ in range(turns):
                rows.append(_bare(data, count))
                row, found = _archive(place, count)
                rows.append(row)
    text = f"{report.table(*rows)}\n\n{found}\n\n{report.machine('bench.indexing')}"
    print(text)
    if count in _WRITTEN:
        report.write(f"{count:,} articles", text, _PAGE, "bench.indexing")


def _bare(data: Path, count: int) -> tuple[object, ...]:
    """Index what was prepared beforehand: the clocks stand still while documents are prepared."""
    source, seconds, processor = articles(data, count), 0.0, 0.0
    with tempfile.TemporaryDirectory(prefix="tinbai-bench-") as folder:
        writer = tantivy.Index(SCHEMA, folder).writer()
        while chunk := list(itertools.islice(source, _BARE_COMMIT)):
            documents = [version_document(article, newest=True) for article in chunk]
            began, used = time.perf_counter(), time.process_time()
            for document in documents:
                writer.add_document(as_tantivy(document))
            writer.commit()
            seconds += time.perf_counter() - began
            processor += time.process_time() - used
        used = time.process_time()
        writer.wait_merging_threads()  # after the last commit all can be found: no time of it
        processor += time.process_time() - used
    return ("bare tantivy-py", f"{count / seconds:,.0f}", f"{processor / count * 1e3:.2f}", "", "")


def _archive(place: Place, count: int) -> tuple[tuple[object, ...], str]:
    """Give a row, and how soon what comes afterwards is found."""
    with (
        tempfile.TemporaryDirectory(dir=place.data.parent) as folder,
        place.service("archive", data=folder) as service,
    ):
        process = psutil.Process(service.pid)
        until(lambda: _indexed(place) > 0, _PATIENCE, _LOOK_EVERY)
        first, began, before = _indexed(place), time.perf_counter(), process.cpu_times()
        until(lambda: _indexed(place) >= count, _PATIENCE, _LOOK_EVERY)
        taken, after = count - first, process.cpu_times()
        rate = taken / (time.perf_counter() - began)
        processor = (after.user + after.system - before.user - before.system) / taken
        used = process.memory_info()
        found = asyncio.run(_singles(place))
    memory = (f"{used.rss / 1e6:,.0f}", f"{used.shared / 1e6:,.0f}")
    told = (
        f"An article that arrives alone is found {median(found):.0f} ms (median; 95 %: "
        f"{quantiles(found, n=20)[-1]:.0f} ms) after it was sent to Kafka."
    )
    return ("archive, from Kafka", f"{rate:,.0f}", f"{processor * 1e3:.2f}", *memory), told


def _indexed(place: Place) -> int:
    state = place.readiness("archive")
    return int(state["articles"]) if state else 0


async def _fill(place: Place, data: Path, count: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=place.bootstrap)
    await admin.start()
    await ensure_topics(admin)
    await admin.close()
    async with _producer(place) as producer:
        for each in events(data, count):
            await _send(producer, each)
        await producer.flush()


async def _singles(place: Place) -> list[float]:
    """Give the milliseconds from sending an article to the first answer that has it."""
    times = []
    async with _producer(place) as producer, httpx2.AsyncClient() as client:
        for _ in range(_SINGLES):
            one = event(article(headline=f"duynhat{(word := new_id().hex)}"))
            began = time.perf_counter()
            await (await _send(producer, one))
            asked = f"{place.url('archive')}/v1/search?q=duynhat{word}"
            while not (await client.get(asked)).json()["items"]:
                await asyncio.sleep(0.002)
            times.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.1)
    return times


def _producer(place: Place) -> AIOKafkaProducer:
    return AIOKafkaProducer(
        bootstrap_servers=place.bootstrap, acks="all", linger_ms=5, max_batch_size=131_072
    )


async def _send(producer: AIOKafkaProducer, one: ArticleEvent) -> Awaitable[object]:
    confirmed: Awaitable[object] = await producer.send(
        ARTICLES.name, one.to_bytes(), one.key.encode(), partition=one.partition_in(ARTICLES)
    )
    return confirmed


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
