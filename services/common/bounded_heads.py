"""Streams of which the head of an answer may take only so much.

What comes before an answer (RFC 9110, section 15.2: 1xx) may come without end, and each piece of it
costs us more than whom it comes from.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import httpcore2

_MOST = 32 * 1024  # bytes
_AT_ONCE = 4096  # bytes, read while a head is awaited: others have their turn in between


@dataclass
class _Left:
    bytes: int = _MOST


_awaited: ContextVar[_Left | None] = ContextVar("_awaited", default=None)


@contextmanager
def head_awaited() -> Iterator[None]:
    """Bound what this task reads in the body: until the head of an answer is there."""
    token = _awaited.set(_Left())
    try:
        yield
    finally:
        _awaited.reset(token)


class BoundedStream(httpcore2.AsyncNetworkStream):
    """A connection. Reading a head that is too long raises RemoteProtocolError."""

    def __init__(self, inner: httpcore2.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> bytes:
        """Read some."""
        left = _awaited.get()
        if left is None:
            return await self._inner.read(max_bytes, timeout)
        if left.bytes <= 0:
            raise httpcore2.RemoteProtocolError("the head of the answer is too long")
        found = await self._inner.read(min(max_bytes, _AT_ONCE), timeout)
        left.bytes -= len(found)
        return found

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> None:
        """Write all."""
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """End it."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> httpcore2.AsyncNetworkStream:
        """Go on encrypted."""
        return BoundedStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> object:
        """Say what httpcore asks, as whether it can still be read."""
        return self._inner.get_extra_info(info)
