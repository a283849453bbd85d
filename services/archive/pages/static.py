"""What lies beside the pages: the style sheet, the icon, and what tells programs about the site."""

import hashlib
import re
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from markupsafe import escape
from starlette.responses import Response

from services.archive.parts import TheParts

router = APIRouter(include_in_schema=False)


def _short(style: str) -> str:
    """Leave out of a style sheet what is for those who write it."""
    return re.sub(
        r"/\*.*?\*/|(?<=[{};,])\s+|\s+(?=[{}])|(?<=:) ", "", style, flags=re.DOTALL
    ).strip()


_FOLDER = Path(__file__).parent / "templates"
_STYLE = _short((_FOLDER / "style.css").read_text(encoding="utf-8")).encode()
_ICON = (_FOLDER / "icon.svg").read_bytes()

_SVG = "image/svg+xml"
_FOR_EVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"


def _path(name: str, content: bytes, ending: str) -> str:
    # By its content, so that it may be cached for ever.
    return f"/{name}-{hashlib.sha256(content).hexdigest()[:12]}.{ending}"


STYLE_PATH = _path("style", _STYLE, "css")
ICON_PATH = _path("icon", _ICON, "svg")


@router.get(STYLE_PATH)
async def style() -> Response:
    """Give the style sheet."""
    return _file(_STYLE, "text/css", _FOR_EVER)


@router.get(ICON_PATH)
async def icon() -> Response:
    """Give the icon."""
    return _file(_ICON, _SVG, _FOR_EVER)


@router.get("/favicon.ico")
async def favicon() -> Response:
    """Give the icon to those who ask without having read a page."""
    return _file(_ICON, _SVG, _A_DAY)


@router.get("/robots.txt", response_class=PlainTextResponse)
async def robots(parts: TheParts) -> str:
    """Say what crawlers may read (RFC 9309). Syndicate's sitemap names our pages: search engines
    believe it because we name the sitemap. Results of searches are without number, and no news."""
    sitemap = f"{parts.site.syndicate_url}/sitemap-news.xml"
    disallowed = "".join(f"Disallow: {path}\n" for path in ("/v1/", "/search", "/en/search"))
    return f"User-agent: *\nAllow: /\n{disallowed}\nSitemap: {sitemap}\n"


@router.get("/opensearch.xml")
async def opensearch(parts: TheParts) -> Response:
    """Tell browsers how to search here (OpenSearch 1.1)."""
    paper = parts.site.paper
    description = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{escape(paper[:16])}</ShortName>\n"
        f"<Description>{escape(paper)}</Description>\n"
        f'<Image type="{_SVG}">{escape(parts.site.archive_url)}{ICON_PATH}</Image>\n'
        f'<Url type="text/html" template="{escape(parts.site.archive_url)}'
        '/search?q={searchTerms}"/>\n'
        "<InputEncoding>UTF-8</InputEncoding>\n"
        "</OpenSearchDescription>\n"
    )
    return _file(
        description.encode(), "application/opensearchdescription+xml; charset=utf-8", _A_DAY
    )


def _file(content: bytes, media_type: str, cached: str) -> Response:
    headers = {"Cache-Control": cached, "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=media_type, headers=headers)
