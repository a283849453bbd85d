"""What can be asked of the archive. Each answer is made from one view of it."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from schemas.article import Article
from services.archive.articles.history import standing_at
from services.archive.catalogue import queries
from services.archive.catalogue.asking import Asker, published
from services.archive.catalogue.filters import Filters
from services.archive.catalogue.registry import Registry
from services.archive.catalogue.relating import Related, relate
from services.archive.engine.contract import Engine
from services.archive.engine.contract import Hit as Record
from services.archive.engine.documents import FACETS, place_in_order
from services.archive.language.question import Question

_VALUES = 50  # of one facet
_BUCKETS = 5000  # more than there are units, as the counts of many may become one's


@dataclass(frozen=True)
class Hit:
    """An article in a list: `score` by the question."""

    article: Article
    score: float | None = None

    @property
    def place(self) -> str:
        """Where it stands in the order of time."""
        return place_in_order(self.article.published, self.article.id)


@dataclass(frozen=True)
class Found:
    """A page of hits, and whether there are more."""

    hits: list[Hit]
    more: bool


class Catalogue:
    """Answers questions; may be asked from any thread. Calls raise EngineFailed."""

    def __init__(self, engine: Engine, registry: Registry) -> None:
        self._engine = engine
        self._registry = registry

    def article(self, article_id: UUID) -> Article | None:
        """Give how an article stands: its newest version, or how it ended. One that is withheld is
        for nobody to read."""
        record = self._engine.view().stands(article_id)
        return None if record is None else Article.model_validate_json(record)

    def article_at(self, article_id: UUID, at: datetime) -> Article | None:
        """Give how an article stood at a time, None before its first release. One that ended or is
        withheld now is that whenever: nobody may read what it was."""
        view = self._engine.view()
        record = view.stands(article_id)
        now = None if record is None else Article.model_validate_json(record)
        if now is None or now.canceled or now.withheld:
            return now
        return standing_at(view.history(article_id), at)

    def history(self, article_id: UUID) -> list[Article]:
        """Give all versions, the newest first; none unless the article may be seen, and none of
        an erased one."""
        view = self._engine.view()
        if view.stands(article_id) is None:
            return []
        versions = view.history(article_id)
        return [version for _, version in sorted(versions.items(), reverse=True) if version]

    def showing(self, media_id: UUID) -> Article | None:
        """Give the latest current article that shows a file."""
        showing = self._engine.view().latest(queries.with_media(media_id), 1)
        return next(map(_article, showing), None)

    def count(self) -> int:
        """Count the articles that stand."""
        return self._engine.view().total(queries.current())

    def by_time(
        self, question: Question, filters: Filters, limit: int, after: str | None = None
    ) -> Found:
        """Give articles by first publication, the latest first, `after` a place in that order."""
        query = queries.found(question, filters, self._registry.names)
        hits = self._engine.view().latest(query, limit + 1, after)
        return Found([Hit(_article(hit)) for hit in hits[:limit]], more=len(hits) > limit)

    def by_relevance(
        self, question: Question, filters: Filters, limit: int, passed: int = 0
    ) -> Found:
        """Give what fits the question best, leaving out the first `passed`."""
        query = queries.found(question, filters, self._registry.names)
        hits = self._engine.view().best(query, limit + 1, passed)
        return Found([Hit(_article(hit), hit.score) for hit in hits[:limit]], len(hits) > limit)

    def facets(self, question: Question, filters: Filters) -> dict[str, dict[str, int]]:
        """Count the values of each facet in all that is found: as many as a list that is narrowed
        to the value would show, so that a unit's count holds its predecessors' articles."""
        names = self._registry.names
        query = queries.found(question, filters, names)
        counts = self._engine.view().counts(query, FACETS, _BUCKETS)
        return {
            name: names.counted(each, _VALUES)
            if name == "unit"
            else dict(islice(each.items(), _VALUES))
            for name, each in counts.items()
        }

    def related(self, article: Article, limit: int, *, diverse: bool = False) -> list[Related]:
        """Give related news, best first; none for an article that was taken back."""
        if article.canceled:
            return []
        return self.related_to(published(article), limit, diverse=diverse)

    def related_to(self, asker: Asker, limit: int, *, diverse: bool = False) -> list[Related]:
        """Give related news of an article, or of a text that is none yet."""
        names = self._registry.names
        return relate(asker, self._engine.view(), names, limit, diverse=diverse)


def _article(hit: Record) -> Article:
    return Article.model_validate_json(hit.record)
