"""The way to the pages: like that to the feeds, in front of everything else, without a log line."""

from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.common.database import what_happened
from services.common.metrics import PUBLIC_READS
from services.common.problems import Problem
from services.common.said import said
from services.syndicate.answers import matches
from services.syndicate.feeds.binding import FORMATS
from services.syndicate.feeds.site import Site
from services.syndicate.history.looking import Wanted
from services.syndicate.history.node import node_named
from services.syndicate.history.pages import Busy, Pages, Seen

_BELOW = "/history/"
_AGAIN = {"Retry-After": "2"}
_EXTENSIONS = {format_.extension for format_ in FORMATS}
_ALWAYS = {
    # No longer, and nothing stale: a retraction must have left all caches after a minute.
    "cache-control": "public, max-age=60",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Link",
    "x-content-type-options": "nosniff",
}

log = structlog.get_logger()


class PublicHistory:
    """Answers for pages; all else, and what is no page, goes to the application behind."""

    def __init__(self, pages: Callable[[], Pages], site: Site, behind: ASGIApp) -> None:
        self._pages = pages
        self._site = site
        self._behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        wanted = wanted_at(scope["path"]) if scope["type"] == "http" else None
        answer = await self._answer(wanted, scope) if wanted else None
        await (answer or self._behind)(scope, receive, send)

    async def _answer(self, wanted: Wanted, scope: Scope) -> Response | None:
        if scope["method"] not in ("GET", "HEAD"):
            detail = said("A feed can only be read.")
            return Problem("method-not-allowed", detail, headers={"Allow": "GET, HEAD"}).response()
        tags = ",".join(Headers(scope=scope).getlist("if-none-match")).encode()
        try:
            found = await self._pages().get(wanted, lambda etag: matches(tags, etag.encode()))
        except Busy:
            detail = said("Too many pages are asked for at once.")
            return Problem("overloaded", detail, headers=_AGAIN).response()
        except SQLAlchemyError as error:
            log.error("page_not_read", error=what_happened(error))  # noqa: TRY400
            detail = said("It could not be stored or read just now.")
            return Problem("overloaded", detail, headers=_AGAIN).response()
        match found:
            case Seen():
                answer = self._page(wanted, found, with_body=scope["method"] == "GET")
            case Wanted():
                answer = Response(status_code=307, headers=_ALWAYS | {"location": self._url(found)})
            case None:
                return None
        PUBLIC_READS.labels("history", answer.status_code).inc()
        return answer

    def _page(self, wanted: Wanted, seen: Seen, *, with_body: bool) -> Response:
        links = [("self", self._url(wanted))]
        links += seen.walk.links(self._site, wanted.feed, wanted.extension)
        headers = _ALWAYS | {
            "etag": seen.etag,
            "link": ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links),
        }
        if seen.document is None:
            return Response(status_code=304, headers=headers)
        body = seen.document.body
        headers["content-type"] = f"{seen.document.media_type}; charset=utf-8"
        headers["content-length"] = str(len(body))
        return Response(body if with_body else b"", headers=headers)

    def _url(self, wanted: Wanted) -> str:
        return f"{self._site.syndicate_url}{wanted.path}"


def wanted_at(path: str) -> Wanted | None:
    """Read an address: `/history/{feed}/{node}.{format}`, where a feed's name may have a slash."""
    if not path.startswith(_BELOW):
        return None
    feed, _, last = path.removeprefix(_BELOW).rpartition("/")
    name, _, extension = last.rpartition(".")
    node = node_named(name)
    return Wanted(feed, node, extension) if feed and node and extension in _EXTENSIONS else None
