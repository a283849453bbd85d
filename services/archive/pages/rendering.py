"""Templates become answers."""

from pathlib import Path
from typing import Annotated

from fastapi import Header
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import Response

from services.archive.pages.edition import ENGLISH, VIETNAMESE, Edition
from services.archive.pages.page import summary
from services.archive.pages.pictures import Files
from services.archive.pages.static import ICON_PATH, STYLE_PATH
from services.archive.pages.vietnam import shown
from services.archive.parts import Parts
from services.common.problems import not_found
from services.common.text import fold
from services.common.translation import translated

Accept = Annotated[str, Header()]
"""What the caller reads: people have `text/html` in it."""

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_PAGES.filters |= {
    "shown": shown,
    "summary": summary,
    "files": Files,
    "translated": translated,
}
# Vietnamese takes half as much as it is. What would end the script is escaped all the same.
_PAGES.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
_PAGES.globals |= {"style": STYLE_PATH, "icon": ICON_PATH, "here": None}

_HEADERS = {
    # Asked for anew each time: a correction or retraction is seen at once.
    "Cache-Control": "no-cache",
    # No script, no frame; the one form searches here. Pictures may lie on the units' own sites.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' https: http:; "
        "media-src 'self' https: http:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def page(
    template: str, parts: Parts, edition: Edition, status: int = 200, **values: object
) -> Response:
    """Make a page of `edition`; the same for the same values."""
    names = parts.registry.names
    html = _PAGES.get_template(template).render(
        site=parts.site,
        names=names,
        edition=edition,
        other_edition=VIETNAMESE if edition is ENGLISH else ENGLISH,
        words=edition.words,
        # The registry's names are Vietnamese on every page.
        viet=Markup("") if edition is VIETNAMESE else Markup(' lang="vi"'),
        columns=sorted(names.columns.items(), key=lambda column: fold(column[1])),
        **values,
    )
    headers = {**_HEADERS, "Content-Language": edition.language}
    return HTMLResponse(html, status, headers=headers)


def missing(parts: Parts, edition: Edition, accept: str) -> Response:
    """Answer that nothing is here: a page for people, a problem for programs."""
    if "text/html" not in accept:
        raise not_found()
    return page("missing.html", parts, edition, 404)
