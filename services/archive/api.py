"""What archive answers to programs."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from schemas.article import Article
from services.archive.catalogue.filters import LatestRequest, SearchRequest, SuggestRequest
from services.archive.catalogue.views import (
    DocumentListing,
    HistoryListing,
    Listing,
    RelatedListing,
    SearchListing,
    SuggestionListing,
    SuggestionView,
    Views,
)
from services.archive.language.numbers import as_slug
from services.archive.language.question import Question
from services.archive.parts import Parts, TheParts
from services.common.problems import Problem, not_found
from services.common.said import said

router = APIRouter(prefix="/v1", tags=["archive"])


@router.get("/articles/{article_id}")
def article(article_id: UUID, parts: TheParts) -> dict[str, object]:
    """Give the newest version; of an article that was taken back, the notice. 410 once erased."""
    return _views(parts).article(_article(article_id, parts))


@router.get("/articles/{article_id}/history")
def history(article_id: UUID, parts: TheParts) -> HistoryListing:
    """Give all versions; none from before the article was taken back, if it was, and none at all
    once it was erased."""
    _known(article_id, parts)
    versions = parts.catalogue.history(article_id)
    return HistoryListing(items=[_views(parts).article(version) for version in versions])


@router.get("/articles/{article_id}/related")
def related(
    article_id: UUID, parts: TheParts, limit: Annotated[int, Query(ge=1, le=50)] = 5
) -> RelatedListing:
    """Give related news (tin liên quan), ranked by likeness."""
    items = parts.catalogue.related(_article(article_id, parts), limit)
    return RelatedListing(items=_views(parts).related(items))


@router.get("/latest")
def latest(asked: Annotated[LatestRequest, Query()], parts: TheParts) -> Listing:
    """Give the latest articles, by first publication."""
    found = parts.catalogue.by_time(Question(), asked, asked.limit, asked.cursor)
    return Listing(items=_views(parts).hits(found), next=found.next)


@router.get("/search")
def search(asked: Annotated[SearchRequest, Query()], parts: TheParts) -> SearchListing:
    """Find articles, with or without marks: words, "a phrase", -without."""
    return _views(parts).search(parts.search.find(asked))


@router.get("/suggest")
def suggest(asked: Annotated[SuggestRequest, Query()], parts: TheParts) -> SuggestionListing:
    """Complete what a reader has begun to type: names, document numbers, and what headlines say."""
    found = parts.suggestions.of(asked.q, asked.limit)
    return SuggestionListing(items=[SuggestionView(**asdict(each)) for each in found])


@router.get("/documents/{number:path}")
def document(
    number: str, asked: Annotated[LatestRequest, Query()], parts: TheParts
) -> DocumentListing:
    """Give the articles that name an official document, by its number or by the slug of it:
    `4314/TCHQ-TXNK`, `4314-tchq-txnk`."""
    slug = as_slug(number)
    found = parts.catalogue.citing(slug, asked, asked.limit, asked.cursor) if slug else None
    if not (slug and found and (found.hits or asked.cursor)):
        raise not_found()
    return _views(parts).document(slug, found)


def _views(parts: Parts) -> Views:
    return Views(parts.site, parts.registry.names)


def _article(article_id: UUID, parts: Parts) -> Article:
    found = _known(article_id, parts)
    if found.erased:
        raise Problem("gone", said("This article is no longer available."))
    return found


def _known(article_id: UUID, parts: Parts) -> Article:
    found = parts.catalogue.article(article_id)
    if found is None:
        raise not_found()
    if found.withheld:
        raise Problem("gone", said("The article is no longer offered."))
    return found
