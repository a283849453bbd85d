"""What archive answers to programs."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Query, Request

from schemas.article import Article
from services.archive.catalogue.filters import LatestRequest, SearchRequest, SuggestRequest
from services.archive.catalogue.given import MAX_BYTES, GivenText
from services.archive.catalogue.moments import At
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
from services.common.bodies import read_body
from services.common.given import read
from services.common.openapi import PROBLEMS, json_body
from services.common.problems import Problem, not_found
from services.common.said import said

router = APIRouter(prefix="/v1", tags=["archive"])

_MOST_WAITING = 30  # texts, of up to half a megabyte


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
    article_id: UUID,
    parts: TheParts,
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
    diverse: Annotated[
        bool, Query(description="no event twice before there is nothing else to tell")
    ] = False,
) -> RelatedListing:
    """Give related news (tin liên quan), ranked by likeness."""
    items = parts.catalogue.related(_article(article_id, parts), limit, diverse=diverse)
    return RelatedListing(items=_views(parts).related(items))


@router.post("/related", openapi_extra=json_body(GivenText), responses=PROBLEMS)
async def related_to_text(request: Request, parts: TheParts) -> RelatedListing:
    """Give related news of a text that is not published; of the text nothing is kept."""
    body = await read_body(request, MAX_BYTES)
    if parts.comparing.statistics().tasks_waiting >= _MOST_WAITING:
        detail = said("Too many other texts are being compared just now.")
        raise Problem("overloaded", detail, headers={"Retry-After": "5"})

    def look() -> RelatedListing:
        text = read(body, GivenText)
        items = parts.catalogue.related_to(text.asker, text.limit, diverse=text.diverse)
        return RelatedListing(items=_views(parts).related(items))

    return await to_thread.run_sync(look, limiter=parts.comparing)


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
