"""Heads of requests, bounded in time and in size before anyone knows whose they are.

uvicorn 0.54 bounds neither: a connection that never ends its first header stays open for ever, and
one header that never ends fills the memory.
"""

import asyncio

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_PATIENCE = 30.0  # seconds for a whole head
_LONGEST = 64 * 1024  # bytes

log = structlog.get_logger()


class BoundedHeads(HttpToolsProtocol):
    """uvicorn's protocol, which closes a connection whose request does not begin in good time."""

    _timer: asyncio.TimerHandle | None = None
    _size = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def on_message_begin(self) -> None:
        """Wait for the rest of a head that has begun."""
        super().on_message_begin()
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what has come, unless a head is too long by then."""
        if self._timer is not None:
            self._size += len(data)
        super().data_received(data)
        if self._timer is not None and self._size > _LONGEST:
            self._end("head_too_long")

    def on_headers_complete(self) -> None:
        """The head is there; what follows is bounded by whoever reads it."""
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """There is nothing to wait for any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._stop_waiting()
        self._size = 0
        self._timer = self.loop.call_later(_PATIENCE, self._end, "head_too_slow")

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self, why: str) -> None:
        log.info("connection_closed", why=why)
        self._stop_waiting()
        self.transport.abort()
