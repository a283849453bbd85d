"""Related news against what people grouped: `python -m bench.related_eval DATA_FOLDER`.

DATA_FOLDER holds `news-dev.ndjson.gz` (submissions) and `stories-dev.json` (external id to story).
Articles go the whole way of archive's own code: events as bytes, contract, history, index; and
then each of those with a story is asked for its related news, as `GET …/related` does. Beside it,
on the same articles: plain BM25 and more-like-this of Tantivy, and tf-idf cosine of all with all.
"""

import gzip
import json
import math
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from uuid import UUID

import numpy as np
import tantivy
from numpy.typing import NDArray
from pydantic import ValidationError
from sklearn.feature_extraction.text import TfidfVectorizer
from tantivy import Occur, Query

from schemas.article import Article
from schemas.events import ArticleEvent, Trace
from schemas.reading import read_article_event
from services.archive.catalogue.asking import asking, published
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.likeness import Compared, compare
from services.archive.catalogue.registry import Registry
from services.archive.catalogue.related import like, looked_at
from services.archive.embedded.compiling import compiled
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.language.signature import read_signature
from services.archive.language.terms import terms_of
from services.common.ids import new_id

BATCH = 500
TOP = 10
TRACE = Trace(request_id="bench", traceparent=f"00-{'1' * 32}-{'1' * 16}-01")
NOW = datetime.now(UTC)
CROWDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
FOLDS, RESAMPLES = 10, 10_000

Method = Callable[[UUID], Sequence[UUID]]


def main() -> None:
    data = Path(sys.argv[1])
    stories = json.loads((data / "stories-dev.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        engine = EmbeddedEngine(Path(folder) / "index")
        articles = fill(engine, data / "news-dev.ndjson.gz")
        ids = {each.external_id: each.id for each in articles if each.external_id}
        truth = Truth({ids[name]: story for name, story in stories.items() if name in ids})
        catalogue = Catalogue(engine, Registry(engine))
        bare = Bare(Path(folder), articles)
        cosine = Cosine(articles)
        print(f"\n{len(truth.queries)} articles of {len(truth.stories)} stories; in brackets 95 %,")
        print("by drawing stories anew\n\n| | nDCG@5 | P@1 | recall@10 |\n|---|---|---|---|")
        ours = truth.show("archive", lambda one: related(catalogue, one))
        truth.show("BM25, folded syllables (Tantivy)", bare.bm25)
        theirs = truth.show("tf-idf cosine, all with all (scikit-learn)", cosine.nearest)
        truth.show("more-like-this (Tantivy)", bare.more_like_this)
        low, high = truth.interval(ours - theirs)
        print(f"\narchive less tf-idf cosine, nDCG@5: {np.mean(ours - theirs):+.4f}", end=" ")
        print(f"[{low:+.4f}, {high:+.4f}]")
        print(f"weight of crowds chosen on other stories, {FOLDS} folds:", end=" ")
        print(f"nDCG@5 {cross_validated(engine, catalogue, truth):.4f}")
        print(how_fast(engine, catalogue, truth))
        engine.close()


def fill(engine: EmbeddedEngine, news: Path) -> list[Article]:
    records = [(event.key.encode(), event.to_bytes()) for event in events(news)]
    taken: list[Article] = []
    began = time.perf_counter()
    for start in range(0, len(records), BATCH):
        batch = records[start : start + BATCH]
        articles = [read_article_event(key, record).article for key, record in batch]
        engine.take(articles, {("articles", 0): start + len(articles)})
        taken += articles
    seconds = time.perf_counter() - began
    print(f"indexed {len(taken)} articles in {seconds:.1f} s: {len(taken) / seconds:.0f} a second")
    return taken


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


@dataclass(frozen=True)
class Truth:
    """Which articles tell the same story, as people see it."""

    story: Mapping[UUID, str]

    @cached_property
    def stories(self) -> Mapping[str, set[UUID]]:
        """Those with more than one article."""
        members = defaultdict(set)
        for article, story in self.story.items():
            members[story].add(article)
        return {story: each for story, each in members.items() if len(each) > 1}

    @cached_property
    def queries(self) -> Sequence[UUID]:
        return [article for article, story in self.story.items() if story in self.stories]

    def wanted(self, article: UUID) -> set[UUID]:
        return self.stories[self.story[article]] - {article}

    def show(self, name: str, method: Method) -> NDArray[np.float64]:
        """Print a row of the table, and give each query's nDCG@5."""
        found = {one: list(method(one)) for one in self.queries}
        measures = [
            [ndcg_at_5(top, self.wanted(one)) for one, top in found.items()],
            [float(bool(top) and top[0] in self.wanted(one)) for one, top in found.items()],
            [recall_at_10(top, self.wanted(one)) for one, top in found.items()],
        ]
        cells = []
        for values in map(np.array, measures):
            low, high = self.interval(values)
            cells.append(f"{values.mean():.4f} [{low:.3f}, {high:.3f}]")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
        return np.array(measures[0])

    def interval(self, values: NDArray[np.float64]) -> tuple[float, float]:
        """Give the 95 % interval of the mean, by the bootstrap: articles of one story are not
        independent of each other, so stories are drawn."""
        names = list(self.stories)
        of = np.array([names.index(self.story[one]) for one in self.queries])
        sums, sizes = np.bincount(of, values), np.bincount(of)
        drawn = np.random.default_rng(1).integers(0, len(names), (RESAMPLES, len(names)))
        means = sums[drawn].sum(1) / sizes[drawn].sum(1)
        low, high = np.percentile(means, [2.5, 97.5])
        return float(low), float(high)


def ndcg_at_5(top: Sequence[UUID], wanted: set[UUID]) -> float:
    gain = sum(1 / math.log2(n + 2) for n, each in enumerate(top[:5]) if each in wanted)
    return gain / sum(1 / math.log2(n + 2) for n in range(min(5, len(wanted))))


def recall_at_10(top: Sequence[UUID], wanted: set[UUID]) -> float:
    return len(wanted & set(top[:TOP])) / min(TOP, len(wanted))


def related(catalogue: Catalogue, one: UUID) -> list[UUID]:
    article = catalogue.article(one)
    assert article is not None
    return [each.article.id for each in catalogue.related(article, TOP)]


class Bare:
    """Tantivy with folded syllables, headline and lead twice, as it comes."""

    def __init__(self, folder: Path, articles: Sequence[Article]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("words", stored=True, tokenizer_name="whitespace")
        self._schema = builder.build()
        (folder / "bare").mkdir()
        index = tantivy.Index(self._schema, str(folder / "bare"))
        writer = index.writer()
        self._words = {}
        for article in articles:
            words = [word for part in terms_of(article).parts for word in part]
            self._words[article.id] = words
            document = tantivy.Document()
            document.add_text("id", str(article.id))
            document.add_text("words", " ".join(words))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def bm25(self, one: UUID) -> list[UUID]:
        terms = dict.fromkeys(self._words[one])
        return self._best(
            Query.boolean_query(
                [(Occur.Should, Query.term_query(self._schema, "words", each)) for each in terms]
            ),
            one,
        )

    def more_like_this(self, one: UUID) -> list[UUID]:
        own = Query.term_query(self._schema, "id", str(one), "basic")
        address = self._searcher.search(own, 1).hits[0][1]
        return self._best(Query.more_like_this_query(address), one)

    def _best(self, query: Query, one: UUID) -> list[UUID]:
        hits = self._searcher.search(query, TOP + 1, count=False).hits
        found = [UUID(self._searcher.doc(address).get_first("id")) for _, address in hits]
        return [each for each in found if each != one][:TOP]


class Cosine:
    """Folded syllables and pairs, sublinear, in two articles at least, headline and lead twice."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._ids = [article.id for article in articles]
        self._row = {id_: row for row, id_ in enumerate(self._ids)}
        vectorizer = TfidfVectorizer(analyzer=_counted, sublinear_tf=True, min_df=2)
        self._vectors = vectorizer.fit_transform(articles)

    def nearest(self, one: UUID) -> list[UUID]:
        row = self._row[one]
        likeness = (self._vectors @ self._vectors[row].T).toarray().ravel()
        likeness[row] = -1
        return [self._ids[place] for place in np.argsort(-likeness, kind="stable")[:TOP]]


def _counted(article: Article) -> Iterator[str]:
    return terms_of(article).counted().elements()


def cross_validated(engine: EmbeddedEngine, catalogue: Catalogue, truth: Truth) -> float:
    """Measure each story with the weight that is best for the others."""
    gains = np.array([_gains(engine, catalogue, truth, one) for one in truth.queries])
    names = list(truth.stories)
    shuffled = np.random.default_rng(1).permutation(len(names))
    fold = np.array([shuffled[names.index(truth.story[one])] % FOLDS for one in truth.queries])
    held = [gains[fold == each, gains[fold != each].mean(axis=0).argmax()] for each in range(FOLDS)]
    return float(np.concatenate(held).mean())


def _gains(engine: EmbeddedEngine, catalogue: Catalogue, truth: Truth, one: UUID) -> list[float]:
    compared, ids = _compared(engine, catalogue, one)
    orders = (np.argsort(-(compared.likeness - by * compared.crowd)) for by in CROWDS)
    return [ndcg_at_5([ids[place] for place in order], truth.wanted(one)) for order in orders]


def _compared(
    engine: EmbeddedEngine, catalogue: Catalogue, one: UUID
) -> tuple[Compared, list[UUID]]:
    article, view = catalogue.article(one), engine.view()
    assert article is not None
    wanted = asking(published(article), Registry(engine).names, view)
    query = like(wanted)
    assert query is not None
    found = map(read_signature, (each.signature for each in view.sketches(query, looked_at(TOP))))
    signatures = [each for each in found if each.article != one.bytes]
    return compare(wanted, signatures), [UUID(bytes=each.article) for each in signatures]


def how_fast(engine: EmbeddedEngine, catalogue: Catalogue, truth: Truth) -> str:
    """Time ten items in turns with the engine's search alone: the same query, its 50 best."""
    ours, bare = [], []
    for one in truth.queries:
        article, view = catalogue.article(one), engine.view()
        assert article is not None
        query = like(asking(published(article), Registry(engine).names, view))
        assert query is not None
        asked, searcher = compiled(query), engine.index.searcher()
        began = time.perf_counter()
        searcher.search(asked, 50, count=False)
        bare.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        catalogue.related(article, TOP)
        ours.append((time.perf_counter() - began) * 1000)
    shown = [
        f"p50 {np.median(each):.1f} ms, p99 {np.percentile(each, 99):.1f} ms"
        for each in (ours, bare)
    ]
    return f"ten items: {shown[0]}; the bare query: {shown[1]}"


if __name__ == "__main__":
    main()
