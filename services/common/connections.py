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
    """uvicorn's protocol, which closes a connection whose request does not begin in good time.

    One timer a connection, that looks whether the time is up: to set and cancel one for each
    request would cost as much as to answer it.
    """

    _timer: asyncio.TimerHandle | None = None
    _deadline: float | None = None  # of the loop's clock; nothing while no head is waited for
    _size = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        self._wait(_PATIENCE)

    def on_message_begin(self) -> None:
        """Wait for the rest of a head that has begun."""
        super().on_message_begin()
        self._wait(_PATIENCE)

    def data_received(self, data: bytes) -> None:
        """Take what has come, unless a head is too long by then."""
        if self._deadline is not None:
            self._size += len(data)
        super().data_received(data)
        if self._deadline is not None and self._size > _LONGEST:
            self._end("head_too_long")

    def on_headers_complete(self) -> None:
        """The head is there; what follows is bounded by whoever reads it."""
        self._deadline = None
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """There is nothing to wait for any more."""
        self._deadline = None
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def _wait(self, seconds: float) -> None:
        self._size = 0
        self._deadline = self.loop.time() + seconds
        if self._timer is None:
            self._timer = self.loop.call_at(self._deadline, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._deadline is None:
            return
        if self._deadline <= self.loop.time():
            self._end("head_too_slow")
        else:
            self._timer = self.loop.call_at(self._deadline, self._look)

    def _end(self, why: str) -> None:
        log.info("connection_closed", why=why)
        self._deadline = None
        self.transport.abort()
