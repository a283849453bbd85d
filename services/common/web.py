"""HTTP as all services do it: request ids, log lines, health, metrics, documentation, problems."""

import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from http import HTTPStatus
from types import MappingProxyType

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common import openapi, problems
from services.common.connections import BoundedConnections
from services.common.heads import Heads
from services.common.language import preferred, speaking
from services.common.metrics import HTTP_REQUESTS, HTTP_SECONDS, PUBLIC_READS
from services.common.ready import Header, Ready, Reply, Signed, ready_protocol
from services.common.settings import ServiceSettings
from services.common.trace import taken_over_or_made, tracing

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
Readiness = Callable[[], Awaitable[Mapping[str, object]]]
"""Says how a service is: `ready` (bool), `kafka` ("up" or "down"), `lag` (by topic), and more."""


class State(BaseModel):
    """How a service is; each has more to say of itself."""

    model_config = ConfigDict(extra="allow")

    ready: bool
    kafka: str


_NOT_READY: openapi.Answers = {503: {"model": State, "description": "It can't do its own part"}}

# Asked again and again by machines: they are counted, not logged.
_UNLOGGED = ("/healthz", "/readyz", "/metrics")
_PATH = 200  # characters of an address that stand in a log line
_TRACED = (b"x-request-id", b"traceparent")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

log = structlog.get_logger()


def make_app(
    name: str,
    *,
    summary: str,
    lifespan: Lifespan,
    readiness: Readiness,
    inner: Sequence[Middleware] = (),
    counted: Mapping[str, str] = MappingProxyType({}),
) -> FastAPI:
    """Make a service's application with everything on it that is the same everywhere.

    `inner` stands before its routes, the first of it outermost. Answers below the paths `counted`
    are public bytes: under the kind named there they are counted, and no more.
    """
    app = FastAPIOffline(
        title=f"tinbai {name}",
        summary=summary,
        version="1",
        lifespan=lifespan,
        redoc_url=None,
        redirect_slashes=False,  # it would trust the Host header
        responses=openapi.PROBLEMS,
    )
    problems.install(app)
    openapi.install(app)
    _add_health(app, readiness)
    for each in reversed(inner):
        app.add_middleware(each.cls, *each.args, **each.kwargs)
    app.add_middleware(Heads)
    app.add_middleware(Tracing, counted=counted)
    return app


def add_routes(app: FastAPI, router: APIRouter) -> None:
    """Put the routes of a router on an application as they stand.

    `include_router` works each out once more, with what it may add: of a service with fifty, that
    held up the first request by 70 ms. So the router itself must name what its routes may answer.
    """
    app.router.routes.extend(router.routes)


def _add_health(app: FastAPI, readiness: Readiness) -> None:
    @app.get("/healthz", tags=["health"])
    async def alive() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "alive"}

    @app.get("/readyz", tags=["health"], response_model=State, responses=_NOT_READY)
    async def ready() -> Response:
        """Say whether the service can do its own part; Kafka may be away, or it behind."""
        state = await readiness()
        return JSONResponse(dict(state), 200 if state["ready"] else 503)

    @app.get("/metrics", tags=["health"], response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Give the metrics in Prometheus' text format."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class Tracing:
    """Takes over or makes the request id and trace context; one log line for each request. Public
    bytes, by kind below the paths `counted`, have none of it, unless they are refused."""

    def __init__(self, app: ASGIApp, counted: Mapping[str, str] = MappingProxyType({})) -> None:
        self._inner = app
        self._counted = counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        headers = Headers(scope=scope)
        trace = taken_over_or_made(headers.get("x-request-id"), headers.get("traceparent"))
        began, status = time.perf_counter(), 0
        kind = self._kind(scope["path"])

        async def send_with_ids(message: Message) -> None:
            nonlocal status, kind
            if message["type"] == "http.response.start":
                status = message["status"]
                kind = kind if status < HTTPStatus.BAD_REQUEST else None
                if kind is None:
                    answer = MutableHeaders(scope=message)
                    answer["X-Request-ID"] = trace.request_id
                    answer["traceparent"] = trace.traceparent
            await send(message)

        language = preferred(",".join(headers.getlist("accept-language")))
        with tracing(trace), speaking(language):
            try:
                inner = _nowhere if _names_nothing(scope) else self._inner
                await inner(scope, receive, send_with_ids)
            except ClientDisconnect:
                _tell_left(scope, kind)
            except Exception:
                # Here, where the request id is still bound, and only here, a fault is answered.
                log.exception("request_failed", path=scope["path"][:_PATH])
                if status:
                    raise
                await problems.fault().response()(scope, receive, send_with_ids)
            finally:
                _account(scope, status, kind, time.perf_counter() - began)

    def _kind(self, path: str) -> str | None:
        return next((kind for start, kind in self._counted.items() if path.startswith(start)), None)


def signed(reply: Reply, path: str, route: object, headers: Sequence[Header]) -> Signed:
    """Do for a GET of what is ready all that `Tracing` does for other requests; `headers` are the
    request's, with lower-case names."""
    began = time.perf_counter()
    given = {name: value.decode("latin-1") for name, value in headers if name in _TRACED}
    trace = taken_over_or_made(*map(given.get, _TRACED))
    with tracing(trace):
        scope = {"method": "GET", "path": path, "route": route}
        _account(scope, reply.status, None, time.perf_counter() - began)
    ids = (trace.request_id, trace.traceparent)
    return Signed(reply, [(n, each.encode()) for n, each in zip(_TRACED, ids, strict=True)])


def _names_nothing(scope: Scope) -> bool:
    """Whether an address holds the one character that PostgreSQL takes in no text, so not in the
    name of anything either."""
    return "\0" in scope["path"] or b"%00" in scope["query_string"]


async def _nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    await problems.not_found().response()(scope, receive, send)


def _tell_left(scope: Scope, kind: str | None) -> None:
    if kind is None:
        log.info("caller_left", path=scope["path"][:_PATH])


def _account(scope: Scope, status: int, kind: str | None, seconds: float) -> None:
    if kind is not None:
        PUBLIC_READS.labels(kind, status).inc()
        return
    # By pattern, not by address: nothing of an attacker's choice may become a label.
    route = getattr(scope.get("route"), "path", "unknown")
    method = scope["method"] if scope["method"] in _METHODS else "other"
    HTTP_REQUESTS.labels(method, route, status).inc()
    HTTP_SECONDS.labels(route).observe(seconds)
    if route not in _UNLOGGED:
        log.info(
            "request_answered",
            method=scope["method"],
            path=scope["path"][:_PATH],
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )


def serve(app: ASGIApp, settings: ServiceSettings, ready: Ready | None = None) -> None:
    """Listen until SIGTERM or SIGINT; requests under way are answered first. What is `ready` is
    answered before the application is asked."""
    server = uvicorn.Server(config_of(app, settings, ready))
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit("The service could not start: its log says why.")


def config_of(
    app: ASGIApp, settings: ServiceSettings, ready: Ready | None = None
) -> uvicorn.Config:
    """Say how every service listens."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        # Not uvloop: there, writing to a connection that has just died raises a RuntimeError, which
        # ends the task that keeps an aiokafka 0.14 client's metadata fresh.
        loop="asyncio",
        http=ready_protocol(ready) if ready else BoundedConnections,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=75,
    )
