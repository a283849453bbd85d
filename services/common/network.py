"""Connections to checked addresses only, made for a name and kept for that name alone."""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpcore2
import httpx2
import structlog

from services.common.bounded_heads import BoundedStream, head_awaited
from services.common.targets import Network, may_reach

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a name. Raises OSError where there is none."""

FAILURES = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
    httpcore2.UnsupportedProtocol,
)
"""What `CheckedTransport` raises of its own."""

_MOST_KEPT_EACH = 8  # connections of an origin
_MOST_ORIGINS = 512  # of which connections are kept
_SWEEP_EVERY = 1.0  # seconds, at the least


log = structlog.get_logger()


class AddressRefused(Exception):
    """We don't call there."""


class CheckedBackend(httpcore2.AsyncNetworkBackend):
    """Resolves names itself, checks every address that it finds, and connects to one of those."""

    def __init__(self, allowed: Sequence[Network], resolve: Resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Try the addresses in turn, until one takes the connection."""
        addresses = await self.addresses(host, port)
        for address in addresses[:-1]:
            try:
                return await self._connect(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await self._connect(addresses[-1], port, timeout, local_address, socket_options)

    async def _connect(self, *where: Any) -> httpcore2.AsyncNetworkStream:  # noqa: ANN401 - as above
        return BoundedStream(await self._inner.connect_tcp(*where))

    async def addresses(self, host: str, port: int) -> list[str]:
        """Give the addresses of a host, at least one. Raises AddressRefused where we may not call
        one of them, OSError, one of FAILURES."""
        try:
            found = list(dict.fromkeys(await self._resolve(host, port)))
        except UnicodeError as error:  # a label of more than 63 characters
            raise AddressRefused("the host is not a name") from error
        if not found:
            raise httpcore2.ConnectError("the name has no address")
        for address in found:
            if not may_reach(address, self._allowed):
                raise AddressRefused(f"the address {address} is not public")
        return found


@dataclass
class _Kept:
    """The connections of one origin: a scheme, a name and a port."""

    pool: httpcore2.AsyncConnectionPool
    under_way: int = 0
    used: float = 0.0
    """When it was last, by the clock of the loop."""


class CheckedTransport(httpx2.AsyncBaseTransport):
    """Sends requests by such connections. One that is kept for `idle` seconds is used again for
    the scheme, name and port that it was made for, and for no other: they share no certificate.

    Each origin has a pool of its own, as a pool looks at all of its connections at every request.
    httpx's own transport takes no network backend; this is what it does, but for that.
    """

    def __init__(self, backend: CheckedBackend, verify: ssl.SSLContext | bool, idle: float) -> None:
        self._idle = idle
        self._new_pool = partial(
            httpcore2.AsyncConnectionPool,
            ssl_context=httpx2.create_ssl_context(verify=verify, trust_env=False),
            max_connections=None,
            max_keepalive_connections=_MOST_KEPT_EACH if idle else 0,
            keepalive_expiry=idle,
            network_backend=backend,
        )
        self._origins: OrderedDict[tuple[bytes, bytes, int | None], _Kept] = OrderedDict()
        self._sweeping: asyncio.Task[None] | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request. Raises AddressRefused, and one of FAILURES."""
        url = request.url
        if url.scheme not in ("http", "https") or not url.raw_host:
            raise AddressRefused("only http and https addresses are called")
        kept = self._begin((url.raw_scheme, url.raw_host, url.port))
        try:
            with head_awaited():
                answer = await kept.pool.handle_async_request(
                    httpcore2.Request(
                        method=request.method,
                        url=httpcore2.URL(
                            scheme=url.raw_scheme,
                            host=url.raw_host,
                            port=url.port,
                            target=url.raw_path,
                        ),
                        headers=request.headers.raw,
                        content=request.stream,
                        extensions=request.extensions,
                    )
                )
        except BaseException:
            self._end(kept)
            raise
        return httpx2.Response(
            answer.status,
            headers=answer.headers,
            stream=_Stream(answer, partial(self._end, kept)),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close what is open."""
        if self._sweeping:
            self._sweeping.cancel()
        while self._origins:
            await self._origins.popitem()[1].pool.aclose()

    def _begin(self, origin: tuple[bytes, bytes, int | None]) -> _Kept:
        if self._sweeping is None:
            self._sweeping = asyncio.create_task(self._sweep())
        kept = self._origins.get(origin)
        if kept is None:
            kept = self._origins[origin] = _Kept(self._new_pool())
        self._origins.move_to_end(origin)
        kept.under_way += 1
        return kept

    def _end(self, kept: _Kept) -> None:
        kept.under_way -= 1
        kept.used = asyncio.get_running_loop().time()

    async def _sweep(self) -> None:
        """Close what has been idle for too long, or is too much."""
        while True:
            await asyncio.sleep(max(self._idle, _SWEEP_EVERY) / 2)
            before = asyncio.get_running_loop().time() - self._idle
            for origin, kept in list(self._origins.items()):
                too_many = len(self._origins) > _MOST_ORIGINS
                if not kept.under_way and (too_many or kept.used <= before):
                    del self._origins[origin]
                    try:
                        await kept.pool.aclose()
                    except Exception as error:  # noqa: BLE001 - the others are closed all the same
                        log.warning("connections_not_closed", error=repr(error))


class _Stream(httpx2.AsyncByteStream):
    """The body of an answer."""

    def __init__(self, answer: httpcore2.Response, ended: Callable[[], None]) -> None:
        self._answer: Any = answer.stream
        self._ended: Callable[[], None] | None = ended

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer:
            yield part

    async def aclose(self) -> None:
        try:
            await self._answer.aclose()
        finally:
            if self._ended:
                self._ended()
                self._ended = None
