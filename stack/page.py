"""The stack's own page: what this is, how it is, where to go."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jinja2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from stack.layout import Layout
from stack.status import StackStatus

_TEMPLATE = jinja2.Environment(autoescape=True).from_string(
    Path(__file__).with_name("page.html").read_text()
)


def page_app(layout: Layout, status: Callable[[], Awaitable[StackStatus]]) -> Starlette:
    """Build the page's application."""

    async def page(_: Request) -> Response:
        return HTMLResponse(_TEMPLATE.render(layout=layout, status=await status()))

    async def status_json(_: Request) -> Response:
        return JSONResponse((await status()).model_dump())

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(_: Request) -> Response:
        now = await status()
        body = {process.name: process.ready for process in now.processes}
        return JSONResponse(body, status_code=200 if now.ready else 503)

    return Starlette(
        routes=[
            Route("/", page),
            Route("/status.json", status_json),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
        ]
    )


class PageServer(uvicorn.Server):
    """Uvicorn as a guest in the supervisor's loop: signals are the supervisor's."""

    def __init__(self, app: Starlette) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield
