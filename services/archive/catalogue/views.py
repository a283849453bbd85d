"""Articles and lists as the public JSON shows them."""

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from schemas.article import Article
from services.archive.articles.differences import Differences, differences
from services.archive.catalogue.catalogue import Found, Hit
from services.archive.catalogue.registry import Names
from services.archive.catalogue.relating import Related
from services.archive.language.highlight import highlight
from services.archive.language.question import Question
from services.archive.language.terms import plain
from services.archive.site import Site

# Further than this nobody reads by relevance; a search engine would have to keep count of it all.
_DEEPEST = 10_000


class HitView(BaseModel):
    """An article in a list; `score` and `highlight` where words were looked for. `unit_name` is
    how the unit was called when the article was published."""

    id: UUID
    headline: str
    url: str
    published: datetime
    unit: str
    unit_name: str
    score: float | None = None
    highlight: str | None = None


class RelatedView(BaseModel):
    """A related article; `why` names the weightiest terms that it shares."""

    id: UUID
    headline: str
    url: str
    published: datetime
    unit: str
    unit_name: str
    score: float
    why: list[str]


class Listing(BaseModel):
    """A page of a list."""

    items: list[HitView]
    next: str | None


class SearchListing(Listing):
    """A page of what a search found; `facets` count the values in all of it."""

    facets: dict[str, dict[str, int]]


class RelatedListing(BaseModel):
    """All related articles that were asked for."""

    items: list[RelatedView]
    next: None = None


class VersionView(BaseModel):
    """A whole version, and what changed with it since the one before; null for the first one."""

    model_config = ConfigDict(extra="allow")

    id: UUID
    version: int
    differences: Differences | None


class HistoryListing(BaseModel):
    """Versions, the newest first."""

    items: list[VersionView]
    next: str | None = None


class Views:
    """Makes views with the addresses and names that readers use."""

    def __init__(self, site: Site, names: Names) -> None:
        self._site = site
        self._names = names

    def article(self, article: Article) -> dict[str, object]:
        """Show a whole version."""
        return {
            **article.for_the_public(),
            "unit_name": self._names.unit_of(article),
            "url": self._site.article(article),
        }

    def history(self, versions: Sequence[Article], limit: int) -> HistoryListing:
        """Show versions, the newest first; what follows the last of them is only compared."""
        pairs = list(zip_longest(versions, versions[1:]))[:limit]
        items = [
            VersionView.model_validate(
                {
                    **self.article(version),
                    "differences": differences(before, version) if before else None,
                }
            )
            for version, before in pairs
        ]
        more = len(versions) > limit
        return HistoryListing(items=items, next=str(items[-1].version) if more else None)

    def hits(self, found: Found, question: Question) -> list[HitView]:
        """Show a page of hits, with the words of `question` marked."""
        return [self._hit(hit, question) for hit in found.hits]

    def related(self, items: list[Related]) -> list[RelatedView]:
        """Show related articles."""
        return [
            RelatedView(
                id=each.article.id,
                headline=each.article.headline,
                url=self._site.article(each.article),
                published=each.article.published,
                unit=each.article.unit,
                unit_name=self._names.unit_of(each.article),
                score=round(each.score, 3),
                why=each.why,
            )
            for each in items
        ]

    def _hit(self, hit: Hit, question: Question) -> HitView:
        article = hit.article
        text = f"{article.lead} {plain(article.body)}"
        return HitView(
            id=article.id,
            headline=article.headline,
            url=self._site.article(article),
            published=article.published,
            unit=article.unit,
            unit_name=self._names.unit_of(article),
            score=None if hit.score is None else round(hit.score, 3),
            highlight=highlight(text, question.words) if question.words else None,
        )


def next_place(found: Found) -> str | None:
    """Say where a list by time goes on."""
    return found.hits[-1].place if found.more else None


def next_count(found: Found, passed: int) -> str | None:
    """Say where a list by relevance goes on."""
    shown = passed + len(found.hits)
    return str(shown) if found.more and shown < _DEEPEST else None
