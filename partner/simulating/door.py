"""What a simulated partner answers over HTTP: webhooks, pages, and who steers it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from partner.known import Known
from partner.simulating.behaviour import Behaviour

_MOST = 8 * 1024 * 1024  # bytes of a webhook
_AT_ONCE = 256  # connections

# What stands in a page is another's HTML.
_PAGE_HEADERS = {"Content-Security-Policy": "default-src 'none'; img-src *"}
# Of a proxy's requests, and of those that a page of another makes in a browser here.
_FOREIGN = ("forwarded", "x-forwarded-for", "origin")


class Host(Protocol):
    """Who is behind the door."""

    behaviour: Behaviour

    async def receive(self, body: bytes, headers: dict[str, str]) -> int:
        """Take a webhook."""

    def look(self, article: str) -> tuple[int, str]:
        """Give a page."""

    def forget(self) -> None:
        """Lose all."""

    def known(self) -> Known:
        """Say which seq are known."""


@asynccontextmanager
async def serving(host: Host, door: socket.socket) -> AsyncIterator[None]:
    """Serve beside the body."""
    server = Guest(_app(host))
    task = asyncio.create_task(server.serve([door]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


class Guest(uvicorn.Server):
    """A server in another's loop: signals are his."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                proxy_headers=False,
                limit_concurrency=_AT_ONCE,
                timeout_graceful_shutdown=1,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


def _app(host: Host) -> Starlette:
    async def webhook(request: Request) -> Response:
        status = await host.receive(await _body(request), dict(request.headers))
        return Response(status_code=status)

    async def page(request: Request) -> Response:
        try:
            article = str(UUID(request.path_params["article"]))
        except ValueError:
            raise HTTPException(404) from None
        status, html = host.look(article)
        return HTMLResponse(html, status, _PAGE_HEADERS)

    async def control(request: Request) -> Response:
        _from_here(request)
        if request.method == "PUT":
            try:
                host.behaviour = host.behaviour.changed(await request.json())
            except (ValueError, TypeError, AttributeError) as error:
                raise HTTPException(422, str(error)) from error
        known = host.known()
        state = {"after": known.after, "gaps": list(known.gaps())}
        return JSONResponse({"behaviour": asdict(host.behaviour), **state})

    async def forget(request: Request) -> Response:
        _from_here(request)
        host.forget()
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/webhook", webhook, methods=["POST"]),
            Route("/articles/{article}", page),
            Route("/control", control, methods=["GET", "PUT"]),
            Route("/control/forget", forget, methods=["POST"]),
        ]
    )


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST:
            raise HTTPException(413)
    return bytes(body)


def _from_here(request: Request) -> None:
    """Let only this machine steer, and nobody through a proxy or a browser on it; a name that leads
    here for a moment is not this machine's."""
    is_local = request.client is not None and _is_loopback(request.client.host)
    foreign = any(name in request.headers for name in _FOREIGN)
    if not is_local or foreign or not _names_this_machine(request.headers.get("host", "")):
        raise HTTPException(404)


def _names_this_machine(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
