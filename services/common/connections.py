"""Connections, bounded in time and in size, whoever is at the other side.

uvicorn 0.54 bounds little: a connection that never ends its first header stays open for ever, and
so does one that takes nothing of its answer; one header that never ends fills the memory, and so do
requests that nobody waits for the answers of.
"""

import asyncio

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_PATIENCE = 30.0  # seconds for a whole head
_LONGEST = 64 * 1024  # bytes
_MOST_WAITING = 100  # requests sent before the answer to an earlier one; each takes some 3 KB

log = structlog.get_logger()


class BoundedConnections(HttpToolsProtocol):
    """uvicorn's protocol, which closes a connection whose request does not begin in good time, or
    on which nothing moves.

    Nearly every head comes in one piece: only for one that does not is there a timer.
    """

    _in_head = True
    _size = 0
    _timer: asyncio.TimerHandle | None = None
    _watch: asyncio.TimerHandle | None = None
    _moved = False  # since we looked last: a request came, or much of an answer was taken
    _left = 0  # bytes that the other side had not taken when we looked last

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        self._wait()
        self._look_again()

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
        if len(self.pipeline) < _MOST_WAITING:
            super().on_headers_complete()
        elif not self.transport.is_closing():
            self._end("too_many_at_once")

    def resume_writing(self) -> None:
        """Some of an answer was taken."""
        self._moved = True
        super().resume_writing()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing of a caller who offers another protocol, as Java's HttpClient does with every
        request: it is answered in this one."""

    def connection_lost(self, exc: Exception | None) -> None:
        """There is nothing to wait for any more."""
        self._head_came()
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._timer = self.loop.call_later(_PATIENCE, self._end, "head_too_slow")

    def _head_came(self) -> None:
        self._in_head = False
        self._moved = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look_again(self) -> None:
        self._watch = self.loop.call_later(self.timeout_keep_alive, self._close_if_stuck)

    def _close_if_stuck(self) -> None:
        """End it after once to twice the time for which uvicorn keeps a connection, if nothing was
        asked for or taken in it. The application may think for longer."""
        left = self.transport.get_write_buffer_size()
        thinking = self.cycle is not None and not self.cycle.response_complete
        stuck = left == self._left if left else not (thinking or self._in_head)
        if stuck and not self._moved:
            self.transport.abort()
            return
        self._moved, self._left = False, left
        self._look_again()

    def _end(self, why: str) -> None:
        log.info("connection_closed", why=why)
        self._head_came()
        self.transport.abort()
