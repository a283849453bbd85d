"""What every side does, each in its own way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from bench.archive.asking import Asked, Subject
from schemas.article import Article
from services.archive.engine.documents import Document

LIMIT = 10  # related news that are shown
PAGE = 20  # hits that are shown
CANDIDATES = 50  # asked of the others for related news


@dataclass(frozen=True)
class Item:
    """An article, and what of it stands in an index: folding it all takes no peer any time."""

    article: Article
    document: Document


class Indexer(Protocol):
    """Takes documents; `finish` makes them searchable. The clock runs in `index` and `finish`."""

    def prepare(self, batch: Sequence[Item]) -> list[Any]:
        """Bring a batch to the form that it is taken in; no clock runs."""

    def index(self, prepared: list[Any]) -> None:
        """Take a batch."""

    def finish(self) -> None:
        """Make all searchable."""


class Related(Protocol):
    """Answers with related news."""

    def related(self, subject: Subject) -> Sequence[object]:
        """Give what fits best; the clock runs."""

    def ids(self, found: Sequence[Any]) -> list[UUID]:
        """Say which articles these are; no clock runs."""


class Searching(Protocol):
    """Answers questions."""

    def search(self, asked: Asked) -> object:
        """Give a page of hits; the clock runs."""


class Best(Protocol):
    """Finds by terms that are ORed."""

    def best(self, rank: str, terms: Sequence[str]) -> Sequence[object]:
        """Give what has the terms, the best by `rank` first."""

    def ids(self, found: Sequence[Any]) -> list[UUID]:
        """Say which articles these are."""


class ByTerms:
    """Related news by so many of the weightiest terms of ours, which were chosen beforehand."""

    def __init__(self, engine: Best, rank: str, most: int, subjects: Sequence[Subject]) -> None:
        self._engine, self._rank = engine, rank
        self._terms = {each.article.id: each.terms(most) for each in subjects}

    def related(self, subject: Subject) -> Sequence[object]:
        return self._engine.best(self._rank, self._terms[subject.article.id])

    def ids(self, found: Sequence[Any]) -> list[UUID]:
        return self._engine.ids(found)
