"""At 50,000 articles: ours beside engines that newsrooms could take instead."""

import itertools
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from bench.archive.asking import questions
from bench.archive.measuring import Answers, Clock, in_turns, quality
from bench.archive.peers.bare import Bare
from bench.archive.peers.opensearch import (
    AS_IT_COMES,
    FOR_NEWS,
    HEAP,
    MoreLikeThis,
    OpenSearch,
)
from bench.archive.peers.ours import Ours, WithFacets, service
from bench.archive.peers.peer import CANDIDATES, LIMIT, ByTerms, Related
from bench.archive.peers.postgres import SETTINGS, Postgres
from bench.archive.peers.sqlite import Sqlite
from bench.archive.report import table
from bench.news import UNITS, articles
from schemas.article import Article
from tests.opensearch.nodes import running_nodes
from tests.postgres import running_postgres

ARTICLES = 50_000
OURS = "ours"
HTTP = "ours, over HTTP"
FACETS = "ours, the facets that go with it"
BARE = "bare tantivy-py"
SQLITE, POSTGRES, OPENSEARCH = "SQLite FTS5", "PostgreSQL", "OpenSearch"
_BATCH = 500
_QUESTIONS = 360
_FEW, _SOME, _MANY = 20, 50, 100  # terms for engines that get them ORed
_ROUNDS = dict.fromkeys((OURS, HTTP, FACETS, BARE), 3)  # others are slow


def measured(data: Path, folder: Path, count: int) -> str:
    """Index, ask in turns, and tell it in tables."""
    with ExitStack() as stack:
        postgres = Postgres(stack.enter_context(running_postgres(*SETTINGS)).url())
        stack.callback(postgres.close)  # it ends when nobody asks any more
        postgres.create()
        sqlite, bare = Sqlite(folder / "news.db"), Bare(folder / "bare")
        nodes = stack.enter_context(running_nodes(heap=HEAP, java=()))
        opensearch = OpenSearch(next(iter(nodes)).url)
        opensearch.create()
        ours = Ours(folder / "ours")
        ours.name_units(UNITS)
        clock = Clock(
            {OURS: ours, BARE: bare, SQLITE: sqlite, POSTGRES: postgres, OPENSEARCH: opensearch}
        )
        stories = _indexed(clock, data, count)
        http = stack.enter_context(service(folder / "ours", folder))

        subjects = [each for article in stories.articles if (each := ours.subject(article))]
        asked = questions(stories.articles, _QUESTIONS, count)
        bare.build(subjects, {each: ours.query(each) for each in asked})
        sides: Mapping[str, Related] = {
            OURS: ours,
            HTTP: http,
            BARE: bare,
            f"{SQLITE}, bm25, {_FEW} terms": ByTerms(sqlite, "bm25", _FEW, subjects),
            f"{SQLITE}, bm25, {_MANY} terms": ByTerms(sqlite, "bm25", _MANY, subjects),
            f"{POSTGRES}, ts_rank_cd, {_FEW} terms": ByTerms(
                postgres, "ts_rank_cd", _FEW, subjects
            ),
            # With many terms covers are beyond counting; this one takes each term by itself.
            f"{POSTGRES}, ts_rank, {_SOME} terms": ByTerms(postgres, "ts_rank", _SOME, subjects),
            f"{OPENSEARCH}, more-like-this as it comes": MoreLikeThis(opensearch, AS_IT_COMES),
            f"{OPENSEARCH}, more-like-this set for news": MoreLikeThis(opensearch, FOR_NEWS),
        }
        related = in_turns({n: each.related for n, each in sides.items()}, subjects, _ROUNDS)
        ndcg = {
            name: quality(side, related[name].found, subjects, stories.wanted)
            for name, side in sides.items()
        }
        search = in_turns(
            {
                OURS: ours.search,
                FACETS: WithFacets(ours).search,
                HTTP: http.search,
                BARE: bare.search,
                SQLITE: sqlite.search,
                POSTGRES: postgres.search,
                OPENSEARCH: opensearch.search,
            },
            asked,
            _ROUNDS,
        )
    return "\n\n".join(
        [
            f"**Related news**, {len(subjects)} articles of stories among {count:,}, {LIMIT} items "
            f"each; the others give {CANDIDATES} numbers and read nothing:",
            _related_table(related, ndcg),
            f"**Search**, {len(asked)} questions of nine kinds, 20 hits each:",
            search_table(search),
            "**Indexing**, batch by batch in turns:",
            _rates(clock),
        ]
    )


class _Stories:
    """What people grouped, among what was indexed."""

    def __init__(self, data: Path) -> None:
        self._stories: Mapping[str, str] = json.loads((data / "stories-dev.json").read_text())
        self._seen: dict[UUID, tuple[Article, str]] = {}

    def see(self, article: Article) -> None:
        if story := self._stories.get(article.external_id or ""):
            self._seen[article.id] = (article, story)

    @property
    def wanted(self) -> dict[UUID, set[UUID]]:
        """The others of each article's story, where there are others."""
        members = defaultdict(set)
        for id_, (_, story) in self._seen.items():
            members[story].add(id_)
        others = {id_: members[story] - {id_} for id_, (_, story) in self._seen.items()}
        return {id_: each for id_, each in others.items() if each}

    @property
    def articles(self) -> list[Article]:
        return [self._seen[id_][0] for id_ in self.wanted]


def _indexed(clock: Clock, data: Path, count: int) -> _Stories:
    stories = _Stories(data)
    for batch in in_batches(articles(data, count), _BATCH):
        for article in batch:
            stories.see(article)
        clock.index(batch)
    clock.finish()
    return stories


def in_batches(source: Iterator[Article], size: int) -> Iterator[Sequence[Article]]:
    """Give batches as they come from Kafka."""
    return iter(lambda: list(itertools.islice(source, size)), [])


def _related_table(times: Mapping[str, Answers], ndcg: Mapping[str, float]) -> str:
    ours = times[OURS]
    return table(
        ("", "nDCG@5", "p50", "p99", "p50 ÷ ours", "p99 ÷ ours"),
        *((name, f"{ndcg[name]:.4f}", *columns(each, ours)) for name, each in times.items()),
    )


def search_table(times: Mapping[str, Answers]) -> str:
    """Tell how long questions took, beside ours."""
    return table(
        ("", "p50", "p99", "p50 ÷ ours", "p99 ÷ ours"),
        *((name, *columns(each, times[OURS])) for name, each in times.items()),
    )


def columns(each: Answers, ours: Answers) -> tuple[str, ...]:
    """Give times and ratios."""
    return (
        f"{each.p50:.1f} ms",
        f"{each.p99:.1f} ms",
        f"{each.p50 / ours.p50:.2f}",
        f"{each.p99 / ours.p99:.2f}",
    )


def _rates(clock: Clock) -> str:
    ours = clock.rate(OURS)
    return table(
        ("", "articles a second", "ours ÷ this"),
        *(
            (name, f"{clock.rate(name):,.0f}", f"{ours / clock.rate(name):.2f}")
            for name in clock.seconds
        ),
    )
