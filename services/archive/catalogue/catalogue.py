"""What can be asked of the archive. Each answer is made from one view of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from schemas.article import Article
from services.archive.articles.history import standing_at
from services.archive.catalogue import queries
from services.archive.catalogue.asking import Asker, published
from services.archive.catalogue.filters import Filters
from services.archive.catalogue.reading import read
from services.archive.catalogue.registry import Registry
from services.archive.catalogue.relating import Related, relate
from services.archive.engine.contract import Engine
from services.archive.engine.contract import Hit as Record
from services.archive.engine.documents import place_in_order
from services.archive.language.question import Question

_TRANSLATIONS = 50  # of one article


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

    @classmethod
    def of(cls, records: Sequence[Record], limit: int, *, scored: bool = False) -> Self:
        """Read the hits of a page; one more than its `limit` says that there are more."""
        read = [Hit(_article(each), each.score if scored else None) for each in records[:limit]]
        return cls(read, more=len(records) > limit)

    @property
    def next(self) -> str | None:
        """Where a list by time goes on; None where it ends."""
        return self.hits[-1].place if self.more else None


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

    def translations(self, article: Article) -> list[Article]:
        """Give the same article in other languages, one for each: what it is a translation of,
        what else is one of that, and what is one of it."""
        family = [each for each in (article.id, article.translation_of) if each]
        hits = self._engine.view().latest(queries.translating(family), _TRANSLATIONS)
        original = self.article(article.translation_of) if article.translation_of else None
        if original and (original.canceled or original.withheld):
            original = None
        found = [each for each in (original, *map(_article, hits)) if each]
        by_language = {each.language.lower(): each for each in reversed(found)}
        by_language.pop(article.language.lower(), None)
        return [each for _, each in sorted(by_language.items())]

    def replacement(self, article_id: UUID) -> Article | None:
        """Give the article that stands in for one that was taken back, if there is one."""
        hits = self._engine.view().latest(queries.replacing(article_id), 1)
        return next(map(_article, hits), None)

    def count(self) -> int:
        """Count the articles that stand."""
        return self._engine.view().total(queries.current())

    def by_time(
        self, question: Question, filters: Filters, limit: int, after: str | None = None
    ) -> Found:
        """Give articles by first publication, the latest first, `after` a place in that order."""
        names = self._registry.names
        query = queries.found(read(question, names), filters, names)
        return Found.of(self._engine.view().latest(query, limit + 1, after), limit)

    def citing(self, number: str, filters: Filters, limit: int, after: str | None = None) -> Found:
        """Give the articles that name a document, by its slug (see `language/numbers`), the latest
        first."""
        query = queries.citing(number, filters, self._registry.names)
        return Found.of(self._engine.view().latest(query, limit + 1, after), limit)

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
