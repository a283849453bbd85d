"""The request id and trace context of what is being done now, in this task and its log lines."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

from schemas.events import Trace
from services.common.ids import new_id

_REQUEST_ID = re.compile(r"[A-Za-z0-9._~:/+=@-]{1,128}")
# Version ff is invalid, as are ids of zeros: W3C Trace Context, sections 3.2.2.1 and following.
_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)

_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def taken_over_or_made(request_id: str | None, traceparent: str | None) -> Trace:
    """Keep what the caller sent where it is well formed; make the rest."""
    if request_id is None or not _REQUEST_ID.fullmatch(request_id):
        request_id = str(new_id())
    if traceparent is None or not _TRACEPARENT.fullmatch(traceparent):
        traceparent = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    return Trace(request_id=request_id, traceparent=traceparent)


def current_trace() -> Trace:
    """Give the trace of this task; work that no request asked for gets one of its own."""
    return _current.get() or taken_over_or_made(None, None)


def ids_of(trace: Trace) -> Mapping[str, str]:
    """Give what a log line says of `trace`."""
    return {"request_id": trace.request_id, "trace_id": trace.traceparent[3:35]}


@contextmanager
def tracing(trace: Trace) -> Iterator[None]:
    """Bind `trace` to this task and to every log line it writes."""
    token = _current.set(trace)
    try:
        with structlog.contextvars.bound_contextvars(**ids_of(trace)):
            yield
    finally:
        _current.reset(token)
