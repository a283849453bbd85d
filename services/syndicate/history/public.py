"""The way to the pages: like that to the feeds, in front of everything else, without a log line."""

from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from services.common.answers import etags_of, matches, reply_to, send_reply
from services.common.codings import NONE
from services.common.database import what_happened
from services.common.metrics import PUBLIC_READS
from services.common.problems import Problem
from services.common.ready import Reply
from services.common.said import said
from services.common.web import Tracing
from services.syndicate.feeds.binding import Document
from services.syndicate.feeds.format import MEDIA_TYPES
from services.syndicate.feeds.site import Site
from services.syndicate.history.looking import Wanted
from services.syndicate.history.node import node_named
from services.syndicate.history.pages import Busy, Pages, Seen
from services.syndicate.serving.answers import Answer, answer_of
from services.syndicate.serving.public import PREFLIGHT, REFUSAL

_BELOW = "/history/"
_AGAIN = {"Retry-After": "2"}
# No longer, and nothing stale: a retraction must have left all caches after a minute.
_CACHE_CONTROL = b"public, max-age=60"
_MOVED = [
    (b"cache-control", _CACHE_CONTROL),
    (b"access-control-allow-origin", b"*"),
    (b"content-length", b"0"),
]

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

    async def _answer(self, wanted: Wanted, scope: Scope) -> ASGIApp | None:
        if scope["method"] == "OPTIONS":
            return _sending(PREFLIGHT)
        if scope["method"] not in ("GET", "HEAD"):
            return REFUSAL
        tags = ",".join(Headers(scope=scope).getlist("if-none-match")).encode()

        def has(etag: str) -> bool:
            return any(matches(tags, each) for each in etags_of(etag))

        try:
            found = await self._pages().get(wanted, has)
        except Busy:
            detail = said("Too many pages are asked for at once.")
            return _telling(Problem("overloaded", detail, headers=_AGAIN))
        except SQLAlchemyError as error:
            log.error("page_not_read", error=what_happened(error))  # noqa: TRY400
            detail = said("It could not be stored or read just now.")
            return _telling(Problem("overloaded", detail, headers=_AGAIN))
        match found:
            case Seen():
                reply = reply_to(self._page(wanted, found), scope["headers"])
            case Wanted():
                reply = Reply(307, [*_MOVED, (b"location", self._url(found).encode())])
            case None:
                return None
        PUBLIC_READS.labels("history", reply.status).inc()
        return _sending(reply)

    def _page(self, wanted: Wanted, seen: Seen) -> Answer:
        links = [("self", self._url(wanted))]
        links += seen.walk.links(self._site, wanted.feed, wanted.extension)
        # Who has the page is told so: what stands in its place is never sent.
        document = Document(wanted.path, MEDIA_TYPES[wanted.extension], seen.etag, b"")
        bodies = NONE
        if seen.made:
            document, bodies = seen.made.document, seen.made.bodies
        return answer_of(document, links, bodies, cache_control=_CACHE_CONTROL)

    def _url(self, wanted: Wanted) -> str:
        return f"{self._site.syndicate_url}{wanted.path}"


def _sending(reply: Reply) -> ASGIApp:
    return lambda scope, _, send: send_reply(reply, scope["method"], send)


def _telling(problem: Problem) -> ASGIApp:
    """What is refused is told in the caller's language, and logged like any other request."""

    async def tell(scope: Scope, receive: Receive, send: Send) -> None:
        await problem.response()(scope, receive, send)

    return Tracing(tell)


def wanted_at(path: str) -> Wanted | None:
    """Read an address: `/history/{feed}/{node}.{format}`, where a feed's name may have a slash."""
    if not path.startswith(_BELOW):
        return None
    feed, _, last = path.removeprefix(_BELOW).rpartition("/")
    name, _, extension = last.rpartition(".")
    node = node_named(name)
    return Wanted(feed, node, extension) if feed and node and extension in MEDIA_TYPES else None
