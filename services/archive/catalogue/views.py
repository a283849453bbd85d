"""Articles and lists as the public JSON shows them."""

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from schemas.article import Article
from services.archive.articles.differences import Differences, differences
from services.archive.catalogue.catalogue import Found, Hit
from services.archive.catalogue.registry import Names
from services.archive.catalogue.relating import Related
from services.archive.catalogue.search import Answer
from services.archive.language.highlight import marked_whole, passage
from services.archive.language.linking import document_path
from services.archive.language.numbers import as_number
from services.archive.language.question import Phrase
from services.archive.language.terms import plain
from services.archive.site import Site


class HitView(BaseModel):
    """An article in a list. `score` is there where words were looked for; `highlight` and
    `headline_highlight` (HTML: escaped, with `<mark>`) where some of them stand in the text and in
    the headline. `unit_name` is how the unit was called when the article was published."""

    id: UUID
    headline: str
    url: str
    published: datetime
    unit: str
    unit_name: str
    score: float | None = None
    highlight: str | None = None
    headline_highlight: str | None = None


class RelatedView(BaseModel):
    """A related article; `why` names what it shares: documents, units and names, then terms, as
    the text that asks writes them."""

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
    """A page of what a search found.

    `facets` count the values of each in all that the question and the other filters leave.
    `did_you_mean` is a question that finds much more, where this one finds next to nothing.
    """

    facets: dict[str, dict[str, int]]
    did_you_mean: str | None = None


class DocumentListing(Listing):
    """A page of the articles that name an official document."""

    number: str
    url: str


class SuggestionView(BaseModel):
    """What may be meant: `text` to search for. `code` is a unit's, a column's or a campaign's, or
    the slug of a document."""

    text: str
    kind: Literal["unit", "column", "campaign", "document", "phrase"]
    code: str | None = None


class SuggestionListing(BaseModel):
    """What may be meant, the likeliest first."""

    items: list[SuggestionView]
    next: None = None


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

    def hits(self, found: Found, phrases: Sequence[Phrase] = ()) -> list[HitView]:
        """Show a page of hits, with `phrases` marked."""
        return [self._hit(hit, phrases) for hit in found.hits]

    def search(self, answer: Answer) -> SearchListing:
        """Show a page of what a search found."""
        return SearchListing(
            items=self.hits(answer.found, answer.phrases),
            next=answer.next,
            facets={name: dict(counts) for name, counts in answer.facets.items()},
            did_you_mean=answer.did_you_mean,
        )

    def document(self, slug: str, found: Found) -> DocumentListing:
        """Show a page of the articles that name a document."""
        return DocumentListing(
            items=self.hits(found),
            next=found.next,
            number=as_number(slug),
            url=self._site.archive_url + document_path(slug),
        )

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

    def _hit(self, hit: Hit, phrases: Sequence[Phrase]) -> HitView:
        article = hit.article
        text = " ".join(filter(None, (article.lead, plain(article.body)))) if phrases else ""
        return HitView(
            id=article.id,
            headline=article.headline,
            url=self._site.article(article),
            published=article.published,
            unit=article.unit,
            unit_name=self._names.unit_of(article),
            score=None if hit.score is None else round(hit.score, 3),
            highlight=passage(text, phrases),
            headline_highlight=marked_whole(article.headline, phrases),
        )
