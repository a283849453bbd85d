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

    Nearly every head comes in one piece: only for one that does not is there a timer.
    """

    _in_head = True
    _size = 0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def on_message_begin(self) -> None:
        """A head has begun."""
        super().on_message_begin()
        self._in_head = True
        self._size = 0

    def data_received(self, data: bytes) -> None:
        """Take what has come, and wait for the rest of a head, unless it is too long by then."""
        if self._in_head:
            self._size += len(data)
        super().data_received(data)
        if self._in_head:
            if self._size > _LONGEST:
                self._end("head_too_long")
            elif self._timer is None:
                self._wait()

    def on_headers_complete(self) -> None:
        """The head is there; what follows is bounded by whoever reads it."""
        self._head_came()
        super().on_headers_complete()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing of a caller who offers another protocol, as Java's HttpClient does with every
        request: it is answered in this one."""

    def connection_lost(self, exc: Exception | None) -> None:
        """There is nothing to wait for any more."""
        self._head_came()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._timer = self.loop.call_later(_PATIENCE, self._end, "head_too_slow")

    def _head_came(self) -> None:
        self._in_head = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self, why: str) -> None:
        log.info("connection_closed", why=why)
        self._head_came()
        self.transport.abort()
