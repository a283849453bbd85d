"""What archive answers to programs."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from schemas.article import Article
from services.archive.catalogue import views
from services.archive.catalogue.filters import LatestRequest, SearchRequest
from services.archive.catalogue.moments import At
from services.archive.catalogue.views import (
    HistoryListing,
    Listing,
    RelatedListing,
    SearchListing,
    Views,
)
from services.archive.language.question import Question
from services.archive.parts import Parts, TheParts
from services.common.problems import Problem, not_found
from services.common.said import said

router = APIRouter(prefix="/v1", tags=["archive"])


@router.get("/articles/{article_id}")
def article(article_id: UUID, parts: TheParts, at: At = None) -> dict[str, object]:
    """Give the newest version, or the one that stood at a time; of an article that was taken back,
    the notice. 410 once erased, and where it was not offered at the time."""
    found = _article(article_id, parts)
    if at is not None:
        found = _at(found, at, parts)
    return _views(parts).article(found)


@router.get("/articles/{article_id}/history")
def history(
    article_id: UUID,
    parts: TheParts,
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
    cursor: Annotated[int | None, Query(ge=1, description="a version: those before it")] = None,
) -> HistoryListing:
    """Give all versions, each with what changed; none from before the article was taken back, if it
    was, and none at all once it was erased."""
    _known(article_id, parts)
    versions = parts.catalogue.history(article_id)
    wanted = [each for each in versions if cursor is None or each.version < cursor]
    return _views(parts).history(wanted, limit)


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
    return Listing(items=_views(parts).hits(found, Question()), next=views.next_place(found))


@router.get("/search")
def search(asked: Annotated[SearchRequest, Query()], parts: TheParts) -> SearchListing:
    """Find articles, with or without marks: words, "a phrase", -without."""
    if asked.by_time:
        found = parts.catalogue.by_time(asked.question, asked, asked.limit, asked.cursor)
        following = views.next_place(found)
    else:
        passed = int(asked.cursor or 0)
        found = parts.catalogue.by_relevance(asked.question, asked, asked.limit, passed)
        following = views.next_count(found, passed)
    return SearchListing(
        items=_views(parts).hits(found, asked.question),
        next=following,
        facets=parts.catalogue.facets(asked.question, asked),
    )


def _views(parts: Parts) -> Views:
    return Views(parts.site, parts.registry.names)


def _article(article_id: UUID, parts: Parts) -> Article:
    found = _known(article_id, parts)
    if found.erased:
        raise Problem("gone", said("This article is no longer available."))
    return found


def _at(found: Article, at: datetime, parts: Parts) -> Article:
    stood = parts.catalogue.article_at(found.id, at)
    if stood is None:
        first = found.published.isoformat()
        raise Problem("not-found", said("The article was first released at {first}.", first=first))
    if stood.withheld:
        raise Problem("gone", said("The article was not offered at that time."))
    return stood


def _known(article_id: UUID, parts: Parts) -> Article:
    found = parts.catalogue.article(article_id)
    if found is None:
        raise not_found()
    if found.withheld:
        raise Problem("gone", said("The article is no longer offered."))
    return found
