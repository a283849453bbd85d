"""Pages of one article: as it is, as it was, what changed, and the notice of one that is gone."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from schemas.article import Article
from services.archive.catalogue.filters import Filters
from services.archive.catalogue.moments import At
from services.archive.language.question import Question
from services.archive.pages import structured
from services.archive.pages.edition import VIETNAMESE, around
from services.archive.pages.page import ArticlePage
from services.archive.pages.rendering import Accept, missing, page
from services.archive.pages.versions import as_it_was, versions_of
from services.archive.parts import Parts, TheParts

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_RELATED, _LATEST = 5, 6


@router.get("/articles/{article_id}")
def article(article_id: str, parts: TheParts, at: At = None, accept: Accept = "") -> Response:
    """Show an article, also as it was at a time, or that it was taken back, is over or was
    erased."""
    found = _find(article_id, parts)
    if found is None:
        return missing(parts, VIETNAMESE, accept)
    if found.canceled or found.withheld:
        return _gone(found, parts)
    if at is not None:
        return _earlier(found, at, parts, accept)
    shown = ArticlePage(
        found,
        parts.registry.names,
        parts.site,
        parts.catalogue.history(found.id),
        parts.catalogue.translations(found),
    )
    return page(
        "article.html",
        parts,
        shown.edition,
        page=shown,
        article=found,
        related=parts.catalogue.related(found, _RELATED, diverse=True),
        latest=_latest_but(found, parts),
        structured=[structured.news_article(shown), *structured.breadcrumbs(shown)],
    )


@router.get("/articles/{article_id}/history")
def history(
    article_id: str,
    parts: TheParts,
    before: Annotated[int | None, Query(ge=1)] = None,
    accept: Accept = "",
) -> Response:
    """Show all versions of an article, with what changed."""
    found = _find(article_id, parts)
    if found is None:
        return missing(parts, VIETNAMESE, accept)
    if found.canceled or found.withheld:
        return _gone(found, parts)
    versions = versions_of(parts.catalogue.history(found.id), before)
    return page("history.html", parts, around(found.language), article=found, versions=versions)


def _earlier(now: Article, at: datetime, parts: Parts, accept: str) -> Response:
    stood = parts.catalogue.article_at(now.id, at)
    if stood is None:
        return missing(parts, around(now.language), accept)
    if stood.canceled or stood.withheld:
        return _gone(stood, parts)
    until_then = [each for each in parts.catalogue.history(now.id) if each.version <= stood.version]
    shown = ArticlePage(as_it_was(stood, now), parts.registry.names, parts.site, until_then)
    return page(
        "earlier.html",
        parts,
        shown.edition,
        page=shown,
        article=shown.article,
        at=at,
        related=[],
        latest=_latest_but(now, parts),
        structured=[],
    )


def _gone(ended: Article, parts: Parts) -> Response:
    edition, latest = around(ended.language), _latest_but(ended, parts)
    if ended.erased:
        return page("erased.html", parts, edition, 410, latest=latest)
    replacement = parts.catalogue.replacement(ended.id)
    return page(
        "notice.html", parts, edition, 410, article=ended, replacement=replacement, latest=latest
    )


def _find(article_id: str, parts: Parts) -> Article | None:
    try:
        return parts.catalogue.article(UUID(article_id))
    except ValueError:
        return None


def _latest_but(article: Article, parts: Parts) -> list[Article]:
    """Give what else is new: in the edition's language, if there is something."""

    def latest(only: str | None) -> list[Article]:
        found = parts.catalogue.by_time(Question(), Filters(language=only), _LATEST + 1)
        return [hit.article for hit in found.hits if hit.article.id != article.id][:_LATEST]

    only = around(article.language).only
    return latest(only) or latest(None)
