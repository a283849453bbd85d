"""Pages for readers: an article, the notice of one that was taken back, and the front page."""

import hashlib
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from fastapi.responses import HTMLResponse, PlainTextResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from schemas.article import Article
from services.archive.catalogue.filters import Filters
from services.archive.language.question import Question
from services.archive.pages.page import ArticlePage, phrases
from services.archive.pages.vietnam import shown
from services.archive.parts import Parts, TheParts
from services.common.problems import not_found

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_RELATED, _LATEST, _FRONT = 5, 6, 30

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = (_TEMPLATES / "style.css").read_bytes()
# By its content, so that it may be cached for ever.
_STYLE_PATH = f"/style-{hashlib.sha256(_STYLE).hexdigest()[:12]}.css"

_PAGES = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters["shown"] = shown
_PAGES.globals["style"] = _STYLE_PATH

_HEADERS = {
    # Asked for anew each time: a correction or retraction is seen at once.
    "Cache-Control": "no-cache",
    # No script, no frame, no form; pictures of articles may lie on the units' own sites.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' https: http:; "
        "media-src 'self' https: http:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}


@router.get("/")
def front(parts: TheParts) -> Response:
    """Show the latest articles."""
    found = parts.catalogue.by_time(Question(), Filters(), _FRONT)
    return _page(
        "front.html", parts, articles=[hit.article for hit in found.hits], words=phrases("vi")
    )


@router.get("/articles/{article_id}")
def article(article_id: str, parts: TheParts, accept: Annotated[str, Header()] = "") -> Response:
    """Show an article, or that it was taken back, is over or was erased."""
    found = _find(article_id, parts)
    if found is None:
        if "text/html" not in accept:
            raise not_found()
        return _page("missing.html", parts, 404, words=phrases("vi"))
    words = phrases(found.language)
    latest = _latest_but(found, parts)
    if found.erased:
        return _page("erased.html", parts, 410, latest=latest, words=words)
    if found.canceled or found.withheld:
        return _page("notice.html", parts, 410, article=found, latest=latest, words=words)
    return _page(
        "article.html",
        parts,
        page=ArticlePage(found, parts.registry.names, parts.site),
        article=found,
        related=[each.article for each in parts.catalogue.related(found, _RELATED, diverse=True)],
        latest=latest,
        words=words,
    )


@router.get("/robots.txt", response_class=PlainTextResponse)
async def robots(parts: TheParts) -> str:
    """Say what crawlers may read (RFC 9309). Syndicate's sitemap names our pages: search engines
    believe it because we name the sitemap."""
    sitemap = f"{parts.site.syndicate_url}/sitemap-news.xml"
    return f"User-agent: *\nAllow: /\nDisallow: /v1/\n\nSitemap: {sitemap}\n"


@router.get(_STYLE_PATH)
async def style() -> Response:
    """Give the style sheet."""
    return Response(
        _STYLE,
        media_type="text/css",
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _find(article_id: str, parts: Parts) -> Article | None:
    try:
        return parts.catalogue.article(UUID(article_id))
    except ValueError:
        return None


def _latest_but(article: Article, parts: Parts) -> list[Article]:
    found = parts.catalogue.by_time(Question(), Filters(), _LATEST + 1)
    return [hit.article for hit in found.hits if hit.article.id != article.id][:_LATEST]


def _page(template: str, parts: Parts, status: int = 200, **values: object) -> Response:
    html = _PAGES.get_template(template).render(
        site=parts.site, names=parts.registry.names, **values
    )
    return HTMLResponse(html, status, headers=_HEADERS)
