"""Pages become ready bytes: rendered for the first reader, kept for the others.

This stands before the routes. What they answer is kept if it is a page that was found, or the
notice of one that is gone; anything else is passed on, so a flood of addresses without a page fills
nothing. A page shows what it names: every article on it is there with its id, in a link or as its
own address. So no template needs to say what it showed, and none can forget to. What shows words
of an article that it doesn't name says `no-store`.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.archive.serving.kept import Beginning, Kept
from services.archive.serving.pages import Page, Pages
from services.common.answers import Answer, replies_of, reply_to, send_reply
from services.common.codings import quick, slow
from services.common.language import current_language
from services.common.metrics import PAGE_RENDERS
from services.common.ready import Header

_KEPT = (200, 410)
_TRIES = 3  # while what is shown changes faster than it is made
_OVERHEAD = 4000  # bytes in memory, beside the texts of a page
_ID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
# What others add to our addresses; it changes nothing, and no two readers' are the same.
_OF_TRACKERS = re.compile(r"utm_\w+|mc_[ce]id|_ga|[a-z]{1,6}clid|msclkid|[gw]braid|zarsrc")


@dataclass(frozen=True)
class _Whole:
    """All that an application answered."""

    status: int
    headers: Sequence[Header]
    body: bytes
    route: object

    @property
    def can_be_kept(self) -> bool:
        """Whether it is the same for whoever asks next."""
        headers = Headers(raw=list(self.headers))
        is_page = headers.get("content-type", "").startswith("text/html")
        may_be = "vary" not in headers and headers.get("cache-control") != "no-store"
        return is_page and self.status in _KEPT and may_be


class KeptPages:
    """The middleware: pages of `routes` from `pages`, and everything else from `behind`.

    A thousand readers of one page have it rendered once: those who come meanwhile wait for it.
    """

    def __init__(
        self, behind: ASGIApp, *, routes: Sequence[BaseRoute], pages: Callable[[Scope], Pages]
    ) -> None:
        self._behind = behind
        self._addresses = [each.path_regex for each in routes if isinstance(each, Route)]
        self._pages = pages
        self._under_way: dict[object, asyncio.Task[Page | _Whole]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if not self._is_for_page(scope):
            await self._behind(scope, receive, send)
            return
        key = _key(scope)
        pages = self._pages(scope)
        page: Page | _Whole | None = pages.get(key)
        if page is None:
            page = await pages.renewed(key, self._made_once(key, scope))
        scope["route"] = page.route
        if isinstance(page, Page):
            await send_reply(reply_to(page.answer, scope["headers"]), "GET", send)
        else:
            await _send_whole(page, send)

    def _is_for_page(self, scope: Scope) -> bool:
        return (
            scope["type"] == "http"
            and scope["method"] == "GET"
            and any(address.match(scope["path"]) for address in self._addresses)
        )

    async def _made_once(self, key: str, scope: Scope) -> Page | _Whole:
        """Wait for who makes it, or have it made."""
        # What isn't kept may be another for another reader; and who comes after a change is not
        # given what was begun before it.
        change = self._pages(scope).kept.begin().change
        of = (key, Headers(scope=scope).get("accept"), current_language(), change)
        making = self._under_way.get(of)
        if making is None:
            making = asyncio.create_task(self._made(key, scope))
            self._under_way[of] = making
            making.add_done_callback(lambda _: self._under_way.pop(of, None))
        return await asyncio.shield(making)  # a reader who leaves takes it from nobody

    async def _made(self, key: str, scope: Scope) -> Page | _Whole:
        pages = self._pages(scope).kept
        for _ in range(_TRIES):
            began = pages.begin()
            PAGE_RENDERS.inc()
            whole = await _asked(self._behind, scope)
            if not whole.can_be_kept:
                if whole.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    pages.forget(key)
                return whole
            page, kept = await asyncio.to_thread(_keep, pages, key, scope["path"], whole, began)
            if kept:
                break
        return page


def _keep(
    pages: Kept[Page], key: str, path: str, whole: _Whole, began: Beginning
) -> tuple[Page, bool]:
    """Make the ready answer; say whether it was still right when it was made."""
    bodies = {"identity": whole.body, **quick(whole.body), **slow(whole.body)}
    tag = hashlib.sha256(whole.body).hexdigest()[:32]
    kind = [each for each in whole.headers if each[0].startswith(b"content-")]
    always = [each for each in whole.headers if not each[0].startswith(b"content-")]
    found, not_modified = replies_of(
        f'"{tag}"',
        bodies,
        [each for each in kind if each[0] != b"content-length"],
        [*always, (b"vary", b"Accept-Encoding")],
        whole.status,
    )
    page = Page(Answer(found, not_modified), whole.route)
    size = _OVERHEAD + len(key) + sum(map(len, bodies.values()))
    return page, pages.put(key, page, size=size, articles=_shown(path, whole.body), began=began)


def _shown(path: str, body: bytes) -> set[UUID]:
    """Give all ids that a page names, its own too, however its address was written."""
    named = {UUID(found.decode()) for found in set(_ID.findall(body))}
    for part in path.split("/"):
        try:
            named.add(UUID(part))
        except ValueError:
            continue
    return named


def _key(scope: Scope) -> str:
    # Decoded: a question mark in it begins no query.
    path: str = scope["path"].replace("%", "%25").replace("?", "%3F")
    if not scope["query_string"]:
        return path
    given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    asked = [each for each in given if not _OF_TRACKERS.fullmatch(each[0])]
    return f"{path}?{urlencode(asked)}" if asked else path


async def _asked(app: ASGIApp, scope: Scope) -> _Whole:
    """Ask the application as a reader would, and take all of its answer."""
    begun: Message = {}
    pieces: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            begun.update(message)
        elif message["type"] == "http.response.body":
            pieces.append(message.get("body", b""))

    inner: dict[str, Any] = {**scope}
    await app(inner, receive, send)
    return _Whole(begun["status"], begun["headers"], b"".join(pieces), inner.get("route"))


async def _send_whole(whole: _Whole, send: Send) -> None:
    start = {"type": "http.response.start", "status": whole.status, "headers": whole.headers}
    await send(start)
    await send({"type": "http.response.body", "body": whole.body})
