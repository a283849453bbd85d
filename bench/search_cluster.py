"""The embedded index beside a cluster of one node: `python -m bench.search_cluster DATA`.

DATA holds `news-dev.ndjson.gz` and `stories-dev.json`; the figures go into docs/search-cluster.md.
Both take the same batches in turn, and are asked the same in turn, by the catalogue in this
process. The cluster is OpenSearch as tests run it, with a heap of 1 GB, on the same machine.
"""

import argparse
import itertools
import json
import math
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from os import link
from pathlib import Path
from statistics import mean
from uuid import UUID

import httpx2
import psutil

from bench.archive import report
from bench.archive.asking import Asked, questions
from bench.archive.measuring import Answers, in_turns
from bench.news import events
from schemas.article import Article
from schemas.reading import read_article_event
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.filters import SearchRequest
from services.archive.catalogue.registry import Registry
from services.archive.catalogue.search import Answer, Search
from services.archive.cluster.engine import ClusterEngine
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.engine.contract import Engine
from services.common.instants import now
from tests.integration.services import Place
from tests.opensearch.nodes import running_nodes
from tests.stack.processes import free_port_base

ARTICLES = 50_000
EMBEDDED, CLUSTER = "embedded", "cluster"
_PAGE = Path(__file__).parents[1] / "docs" / "search-cluster.md"
_BEGIN, _END = "<!-- written by bench.search_cluster -->", "<!-- end -->"
_HEAP = "1g"
_BATCH = 500
_TOP = 10
_QUESTIONS = 180
_ROUNDS = {EMBEDDED: 3, CLUSTER: 3}
_INDEX = "bench"


@dataclass
class Side:
    """One engine with all that asks it."""

    engine: Engine
    catalogue: Catalogue
    searching: Search
    seconds: float = 0.0

    def take(self, taken: Sequence[tuple[bytes, bytes]]) -> None:
        """Take events as Kafka brings them; the clock runs."""
        began = time.perf_counter()
        changes = [read_article_event(key, value).article for key, value in taken]
        self.engine.take(changes, {})
        self.seconds += time.perf_counter() - began

    def related(self, article: Article) -> list[UUID]:
        return [each.article.id for each in self.catalogue.related(article, _TOP)]

    def search(self, asked: Asked) -> Answer:
        return self.searching.find(SearchRequest.model_validate(asked.parameters()))


def main() -> None:
    asked = argparse.ArgumentParser(prog="bench.search_cluster")
    asked.add_argument("data", type=Path)
    asked.add_argument("--articles", type=int, help="fewer, to try it out: no page is written")
    given = asked.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tinbai-bench-")))
        [(node, process)] = stack.enter_context(running_nodes(1, _HEAP)).items()
        text = measured(given.data, folder, given.articles or ARTICLES, node.url, process.pid)
    print(text)
    if not given.articles:
        write(text)


def measured(data: Path, folder: Path, count: int, cluster: str, node: int) -> str:
    """Index, ask in turns, and tell it in a table."""
    sides = {
        EMBEDDED: side(EmbeddedEngine(folder / "index")),
        CLUSTER: side(ClusterEngine([cluster], _INDEX)),
    }
    stories = json.loads((data / "stories-dev.json").read_text())
    told: dict[UUID, tuple[Article, str]] = {}
    log = events(data, count)
    while batch := list(itertools.islice(log, _BATCH)):
        seen = [event.article for event in batch]
        told |= {a.id: (a, stories[a.external_id]) for a in seen if a.external_id in stories}
        taken = [(event.key.encode(), event.to_bytes()) for event in batch]
        for each in sides.values():
            each.take(taken)
    httpx2.post(f"{cluster}/{_INDEX}-*/_refresh", timeout=60).raise_for_status()
    wanted = grouped(told)
    subjects = [told[id_][0] for id_ in wanted]
    related = in_turns({n: each.related for n, each in sides.items()}, subjects, _ROUNDS)
    asked = questions(subjects, _QUESTIONS, count)
    search = in_turns({n: each.search for n, each in sides.items()}, asked, _ROUNDS)
    figures = {n: quality(each, subjects, wanted) for n, each in sides.items()}
    for each in sides.values():
        each.engine.close()
    memory = {
        EMBEDDED: archive_memory(folder, subjects),
        CLUSTER: archive_memory(folder, subjects, search_url=cluster, search_index=_INDEX),
    }
    of_node = psutil.Process(node).memory_info().rss
    rows = [
        ("", f"{EMBEDDED}, {count:,} articles", CLUSTER),
        ("articles taken a second", *(f"{count / sides[n].seconds:,.0f}" for n in sides)),
        ("related news, p50 and p99", *(spread(related[n]) for n in sides)),
        ("search, p50 and p99", *(spread(search[n]) for n in sides)),
        ("nDCG@5, P@1, recall@10", *(" ".join(f"{x:.4f}" for x in figures[n]) for n in sides)),
        ("memory of an archive", *(f"{memory[n] / 2**20:,.0f} MB" for n in sides)),
        ("memory of a node", "", f"{of_node / 2**20:,.0f} MB"),
    ]
    return f"{report.table(*rows)}\n\n{now():%Y-%m-%d}, {report.machine().partition(': ')[2]}"


def side(engine: Engine) -> Side:
    """Give an engine what asks it."""
    registry = Registry(engine)
    return Side(engine, Catalogue(engine, registry), Search(engine, registry))


def grouped(told: Mapping[UUID, tuple[Article, str]]) -> dict[UUID, set[UUID]]:
    """Give the others of each article's story, where there are others."""
    members = defaultdict(set)
    for id_, (_, story) in told.items():
        members[story].add(id_)
    others = {id_: members[story] - {id_} for id_, (_, story) in told.items()}
    return {id_: each for id_, each in others.items() if each}


def quality(
    side: Side, subjects: Sequence[Article], wanted: Mapping[UUID, set[UUID]]
) -> tuple[float, ...]:
    """Give nDCG@5, P@1 and recall@10."""
    gains, first, recall = [], [], []
    for article in subjects:
        top, others = side.related(article), wanted[article.id]
        gain = sum(1 / math.log2(n + 2) for n, each in enumerate(top[:5]) if each in others)
        gains.append(gain / sum(1 / math.log2(n + 2) for n in range(min(5, len(others)))))
        first.append(bool(top) and top[0] in others)
        recall.append(len(others & set(top)) / min(_TOP, len(others)))
    return mean(gains), mean(first), mean(recall)


def archive_memory(folder: Path, subjects: Sequence[Article], **settings: str) -> int:
    """Say how many bytes an archive has after some questions."""
    place = Place(folder / "service" / "data", free_port_base())
    place.data.mkdir(parents=True)
    ignored = shutil.ignore_patterns("*.lock")
    copy = place.data / "archive" / "index"
    shutil.copytree(folder / "index", copy, copy_function=link, ignore=ignored)
    try:
        with place.service("archive", **settings) as process:
            for article in subjects[:100]:
                path = f"{place.url('archive')}/v1/articles/{article.id}/related"
                httpx2.get(path, timeout=60).raise_for_status()
            return int(psutil.Process(process.pid).memory_info().rss)
    finally:
        shutil.rmtree(folder / "service")


def spread(times: Answers) -> str:
    return f"{times.p50:.1f} ms, {times.p99:.1f} ms"


def write(text: str) -> None:
    before, _, rest = _PAGE.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    _PAGE.write_text(f"{before}{_BEGIN}\n{text}\n{_END}{after}")


if __name__ == "__main__":
    main()
