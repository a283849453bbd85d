"""What can be asked of the index. Each answer is made from one view of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from operator import itemgetter
from uuid import UUID

from tantivy import DocAddress, Query, Searcher

from schemas.article import Article, Media
from services.archive import queries
from services.archive.documents import FACETS, instant
from services.archive.filters import Filters
from services.archive.index import Index, record, records
from services.archive.question import Question
from services.archive.registry import Registry
from services.archive.related import Candidate, Related, choose, freshness, weigh
from services.archive.terms import terms_of

_CANDIDATES = 30  # looked at for related news, beyond those that are shown
_VALUES = 50  # of one facet
_BUCKETS = 5000  # more than there are units, as the counts of many may become one's


@dataclass(frozen=True)
class Hit:
    """An article in a list: `score` by the question, `place` in the order of time."""

    article: Article
    score: float | None = None
    place: str = ""


@dataclass(frozen=True)
class Found:
    """A page of hits, and whether there are more."""

    hits: list[Hit]
    more: bool


class Catalogue:
    """Answers questions; may be asked from any thread."""

    def __init__(self, index: Index, registry: Registry) -> None:
        self._index = index
        self._registry = registry

    def article(self, article_id: UUID) -> Article | None:
        """Give how an article stands: its newest version, or how it ended. One that is withheld is
        for nobody to read."""
        return next(_articles(self._index.searcher(), queries.shown(article_id)), None)

    def history(self, article_id: UUID) -> list[Article]:
        """Give all versions, the newest first; none unless the article may be seen, and none of
        an erased one."""
        searcher = self._index.searcher()
        if not any(_articles(searcher, queries.shown(article_id))):
            return []
        versions = _articles(searcher, queries.readable_versions(article_id))
        return sorted(versions, key=lambda article: article.version, reverse=True)

    def media(self, media_id: UUID) -> Media | None:
        """Give a file's description if a current article shows it."""
        showing = _articles(self._index.searcher(), queries.with_media(media_id))
        shown = (media for article in showing for media in article.media)
        return next((media for media in shown if media.id == media_id), None)

    def count(self) -> int:
        """Count the articles that stand."""
        answer = self._index.searcher().aggregate(
            queries.current(), {"articles": {"value_count": {"field": "published"}}}
        )
        return int(answer["articles"]["value"])

    def by_time(
        self, question: Question, filters: Filters, limit: int, after: str | None = None
    ) -> Found:
        """Give articles by first publication, the latest first, `after` a place in that order."""
        searcher = self._index.searcher()
        query = queries.found(question, filters, self._registry.names)
        if after:
            query = queries.both(query, self._index.parse(f"order:<{after}"))
        hits = searcher.search(query, limit + 1, count=False, order_by_field="order").hits
        shown = [Hit(_article(searcher, at), place=place) for place, at in hits[:limit]]
        return Found(shown, more=len(hits) > limit)

    def by_relevance(
        self, question: Question, filters: Filters, limit: int, passed: int = 0
    ) -> Found:
        """Give what fits the question best, leaving out the first `passed`."""
        searcher = self._index.searcher()
        query = queries.found(question, filters, self._registry.names)
        hits = searcher.search(query, limit + 1, count=False, offset=passed).hits
        shown = [Hit(_article(searcher, at), score) for score, at in hits[:limit]]
        return Found(shown, more=len(hits) > limit)

    def facets(self, question: Question, filters: Filters) -> dict[str, dict[str, int]]:
        """Count the values of each facet in all that is found: as many as a list that is narrowed
        to the value would show, so that a unit's count holds its predecessors' articles."""
        names = self._registry.names
        wanted = {name: {"terms": {"field": name, "size": _BUCKETS}} for name in FACETS}
        answer = self._index.searcher().aggregate(queries.found(question, filters, names), wanted)
        counts = {
            name: {each["key"]: each["doc_count"] for each in answer[name]["buckets"]}
            for name in FACETS
        }
        return {
            name: names.counted(each, _VALUES)
            if name == "unit"
            else dict(islice(each.items(), _VALUES))
            for name, each in counts.items()
        }

    def related(self, article: Article, limit: int) -> list[Related]:
        """Give related news, best first; none for an article that was taken back."""
        if article.canceled:
            return []
        searcher = self._index.searcher()
        weights = weigh(
            terms_of(article).counted(),
            lambda term: searcher.doc_freq(queries.field_of(term), term),
            searcher.num_docs,
        )
        if not weights:
            return []
        candidates = _candidates(searcher, queries.like(weights), limit + _CANDIDATES)
        others = (each for each in candidates if each.article.id != article.id)
        return choose(article, others, weights, limit)


def _candidates(searcher: Searcher, query: Query, limit: int) -> Iterator[Candidate]:
    """Give the best, by score and freshness; each article is read when it is asked for."""
    hits = searcher.search(query, limit, count=False).hits
    published = searcher.fast_field_values("published", [address for _, address in hits])
    now = instant(datetime.now(UTC))
    ranked = [
        (score * freshness(now - int(time or 0)), address)
        for (score, address), time in zip(hits, published, strict=True)
    ]
    for score, address in sorted(ranked, key=itemgetter(0), reverse=True):
        yield Candidate(_article(searcher, address), score)


def _articles(searcher: Searcher, query: Query) -> Iterator[Article]:
    return map(Article.model_validate_json, records(searcher, query))


def _article(searcher: Searcher, address: DocAddress) -> Article:
    return Article.model_validate_json(record(searcher, address))
