"""Pages that list articles: the front page, columns, campaigns, units, documents, and search."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from services.archive.catalogue.filters import LatestRequest
from services.archive.language.numbers import as_slug
from services.archive.pages.edition import Edition, TheEdition
from services.archive.pages.front import front_page
from services.archive.pages.lists import Kind, listed, section_of
from services.archive.pages.rendering import Accept, missing, page
from services.archive.pages.searching import answer, read_asked
from services.archive.parts import Parts, TheParts
from services.common.problems import Problem

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

After = Annotated[LatestRequest, Query()]
"""Where a list goes on: `cursor`."""


@router.get("/")
@router.get("/en")
def front(parts: TheParts, edition: TheEdition) -> Response:
    """Show what is new: the story that leads, the latest, and each column."""
    shown = front_page(parts.catalogue, list(parts.registry.names.columns), edition.only)
    return page("front.html", parts, edition, front=shown)


@router.get("/columns/{code}")
@router.get("/en/columns/{code}")
def column(
    code: str, after: After, parts: TheParts, edition: TheEdition, accept: Accept = ""
) -> Response:
    """Show the articles of a column."""
    return _section("column", code, after, parts, edition, accept)


@router.get("/campaigns/{code}")
@router.get("/en/campaigns/{code}")
def campaign(
    code: str, after: After, parts: TheParts, edition: TheEdition, accept: Accept = ""
) -> Response:
    """Show the articles of a campaign."""
    return _section("campaign", code, after, parts, edition, accept)


@router.get("/units/{code}")
@router.get("/en/units/{code}")
def unit(
    code: str, after: After, parts: TheParts, edition: TheEdition, accept: Accept = ""
) -> Response:
    """Show the articles of a unit, and of those whose work it took over."""
    return _section("unit", code, after, parts, edition, accept)


@router.get("/documents/{code}")
@router.get("/en/documents/{code}")
def document(
    code: str, after: After, parts: TheParts, edition: TheEdition, accept: Accept = ""
) -> Response:
    """Show the articles that name an official document."""
    if as_slug(code) != code:
        return missing(parts, edition, accept)
    return _section("document", code, after, parts, edition, accept)


@router.get("/search")
@router.get("/en/search")
def search(request: Request, parts: TheParts, edition: TheEdition, accept: Accept = "") -> Response:
    """Show what a search finds; what is wrong with the question, if it can't be read."""
    asked = read_asked(request.query_params)
    if asked.faults and "text/html" not in accept:
        raise Problem("invalid", errors=asked.faults)
    found = answer(asked, parts, edition)
    shown = page("search.html", parts, edition, 422 if asked.faults else 200, found=found)
    if found.meant:
        # In which articles these words stand the page doesn't say, so nobody could tell when they
        # are taken back.
        shown.headers["Cache-Control"] = "no-store"
    return shown


def _section(
    kind: Kind, code: str, after: LatestRequest, parts: Parts, edition: Edition, accept: str
) -> Response:
    section = section_of(kind, code, parts.registry.names)
    shown = listed(parts.catalogue, section, edition.only, after.cursor)
    if not (section.named or shown.articles):
        return missing(parts, edition, accept)
    return page("section.html", parts, edition, section=section, shown=shown, after=after.cursor)
