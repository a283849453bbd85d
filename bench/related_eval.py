"""Related news against what people grouped: `python -m bench.related_eval DATA_FOLDER`.

DATA_FOLDER holds `news-dev.ndjson.gz` (submissions) and `stories-dev.json` (external id to story).
Articles go the whole way of archive's own code: events as bytes, contract, history, index.
"""

import gzip
import json
import math
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, quantiles
from uuid import UUID

from pydantic import ValidationError

from schemas.article import Article
from schemas.events import ArticleEvent, Trace
from schemas.reading import read_article_event
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.registry import Registry
from services.archive.embedded.engine import EmbeddedEngine
from services.common.ids import new_id

BATCH = 500
TRACE = Trace(request_id="bench", traceparent=f"00-{'1' * 32}-{'1' * 16}-01")
NOW = datetime.now(UTC)


def main() -> None:
    data = Path(sys.argv[1])
    stories = json.loads((data / "stories-dev.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        engine = EmbeddedEngine(Path(folder) / "index")
        ids = fill(engine, data / "news-dev.ndjson.gz")
        evaluate(Catalogue(engine, Registry(engine)), ids, stories)


def fill(engine: EmbeddedEngine, news: Path) -> dict[str, UUID]:
    records = [(event.key.encode(), event.to_bytes()) for event in events(news)]
    ids: dict[str, UUID] = {}
    began = time.perf_counter()
    for start in range(0, len(records), BATCH):
        articles = []
        for key, record in records[start : start + BATCH]:
            articles.append(read_article_event(key, record).article)
        engine.take(articles, {("articles", 0): start + len(articles)})
        ids |= {article.external_id: article.id for article in articles if article.external_id}
    seconds = time.perf_counter() - began
    print(f"indexed {len(ids)} articles in {seconds:.1f} s: {len(ids) / seconds:.0f} a second")
    return ids


def events(news: Path) -> Iterator[ArticleEvent]:
    with gzip.open(news, "rt", encoding="utf-8") as lines:
        for line in lines:
            try:
                article = Article(
                    id=new_id(),
                    version=1,
                    pub_status="usable",
                    unit="BENCH",
                    published=NOW,
                    updated=NOW,
                    **json.loads(line),
                )
            except ValidationError:
                continue
            yield ArticleEvent(
                id=new_id(),
                type="article.published",
                time=NOW,
                producer="stack",
                trace=TRACE,
                article=article,
            )


def evaluate(catalogue: Catalogue, ids: dict[str, UUID], stories: dict[str, str]) -> None:
    members = defaultdict(set)
    for external_id, story in stories.items():
        members[story].add(ids[external_id])
    queries = [(ids[name], members[story] - {ids[name]}) for name, story in stories.items()]
    queries = [(article_id, wanted) for article_id, wanted in queries if wanted]
    ndcg, first, recall, milliseconds = [], [], [], []
    for article_id, wanted in queries:
        article = catalogue.article(article_id)
        assert article is not None
        began = time.perf_counter()
        top = [each.article.id for each in catalogue.related(article, 10)]
        milliseconds.append((time.perf_counter() - began) * 1000)
        ndcg.append(ndcg_at_5(top, wanted))
        first.append(bool(top) and top[0] in wanted)
        recall.append(len(wanted & set(top)) / min(10, len(wanted)))
    percent = quantiles(milliseconds, n=100)
    print(f"nDCG@5 {mean(ndcg):.4f}  P@1 {mean(first):.4f}  R@10 {mean(recall):.4f}")
    p50, p99 = percent[49], percent[98]
    print(f"{len(queries)} queries, ten items each: p50 {p50:.1f} ms, p99 {p99:.1f} ms")


def ndcg_at_5(top: list[UUID], wanted: set[UUID]) -> float:
    gain = sum(1 / math.log2(n + 2) for n, each in enumerate(top[:5]) if each in wanted)
    return gain / sum(1 / math.log2(n + 2) for n in range(min(5, len(wanted))))


if __name__ == "__main__":
    main()
