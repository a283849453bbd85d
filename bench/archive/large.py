"""At a million articles: ours beside bare tantivy-py on the same files."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.archive.asking import Asked, questions
from bench.archive.beside import BARE, HTTP, OURS, in_batches, search_table
from bench.archive.measuring import Answers, in_turns, tell
from bench.archive.peers.bare import Bare
from bench.archive.peers.ours import Ours, records, service
from bench.archive.report import table
from bench.news import UNITS, articles
from schemas.article import Article

ARTICLES = 1_000_000
_ROUNDS = dict.fromkeys((OURS, HTTP, BARE), 2)
_SUBJECTS, _QUESTIONS = 320, 360
_BATCH = 2000  # as many as come at once from far behind
_FOUND_AMONG = 50_000
_EVERY = 10_000  # articles between two lines about how far it is


def measured(data: Path, folder: Path, count: int) -> str:
    """Index unless it is there, ask in turns, and tell it in tables."""
    index = folder / f"articles-{count}"
    built = None if (folder / f"{index.name}.built").exists() else _build(data, index, count)
    (folder / f"{index.name}.built").touch()
    sample = _sample(data, count)

    began = time.perf_counter()
    ours = Ours(index)
    opened = time.perf_counter() - began
    bare = Bare(ours.engine.index.folder)
    subjects = [each for article in sample if (each := ours.subject(article))]
    asked = questions(sample, _QUESTIONS, count)
    bare.build(subjects, {each: ours.query(each) for each in asked})
    began = time.perf_counter()
    with service(index, folder) as http:
        ready = time.perf_counter() - began
        idle = _memory(http.process.pid)
        related = _asked({OURS: ours.related, HTTP: http.related, BARE: bare.related}, subjects)
        search = _asked(
            {
                OURS: ours.search,
                HTTP: http.search,
                BARE: bare.search,
            },
            asked,
        )
        kinds = _by_kind(http.search, asked)
        busy = _memory(http.process.pid)
    ours.engine.close()
    return "\n\n".join(
        [
            f"**Related news**, {len(subjects)} of {count:,} articles, as above; the bare index is "
            "opened on the same files:",
            search_table(related),
            f"**Search**, {len(asked)} questions:",
            search_table(search),
            "By kind, over HTTP:",
            kinds,
            "**The index and the service**:",
            _index_table(
                ours.engine.index.folder,
                built,
                opened,
                ready,
                {"idle": idle, "after all this": busy},
            ),
        ]
    )


def _build(data: Path, index: Path, count: int) -> float:
    """Index all; tell how many a second were taken."""
    ours, seconds, done = Ours(index), 0.0, 0
    ours.name_units(UNITS)
    for batch in in_batches(articles(data, count), _BATCH):
        prepared = records(batch)
        began = time.perf_counter()
        ours.index(prepared)
        seconds += time.perf_counter() - began
        done += len(batch)
        if done % _EVERY == 0:
            tell(f"{done:,} articles, {done / seconds:,.0f} a second")
    ours.engine.close()
    return count / seconds


def _sample(data: Path, count: int) -> list[Article]:
    """Take articles from all over: originals and copies."""
    step = min(count, _FOUND_AMONG) // _SUBJECTS
    among = articles(data, min(count, _FOUND_AMONG))
    return [article for number, article in enumerate(among) if number % step == 0]


def _asked(sides: dict[str, Callable[[Any], Any]], asked: Sequence[Any]) -> dict[str, Answers]:
    return in_turns(sides, asked, _ROUNDS)


def _by_kind(search: Callable[[Asked], object], asked: Sequence[Asked]) -> str:
    took: dict[str, list[float]] = defaultdict(list)
    for each in [*asked, *asked]:
        began = time.perf_counter()
        search(each)
        took[each.kind].append((time.perf_counter() - began) * 1000)
    return table(
        ("", "p50", "longest"),
        *((kind, f"{median(t):.1f} ms", f"{max(t):.1f} ms") for kind, t in took.items()),
    )


def _memory(pid: int) -> dict[str, float]:
    """Tell what a process holds, in MB, and what of it is no file's."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return {"rss": kilobytes["Rss"] / 1000, "anonymous": kilobytes["Anonymous"] / 1000}


def _index_table(
    index: Path,
    built: float | None,
    opened: float,
    ready: float,
    memory: dict[str, dict[str, float]],
) -> str:
    size = sum(file.stat().st_size for file in index.iterdir())
    rows: list[tuple[object, ...]] = [
        ("on disk", f"{size / 1e9:.1f} GB"),
        ("files of the index", len(list(index.iterdir()))),
        ("opened in", f"{opened * 1000:.0f} ms"),
        ("the service ready after", f"{ready:.1f} s"),
    ]
    if built:
        rows.append(("indexed, all our own work included", f"{built:,.0f} a second"))
    for when, used in memory.items():
        rows.append(
            (f"resident, {when}", f"{used['rss']:.0f} MB, {used['anonymous']:.0f} of it anonymous")
        )
    return table(("", ""), *rows)
