"""Calls to other people's servers: to public addresses only, within limits of time and size."""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self

import httpx2

from services.common.network import (
    FAILURES,
    AddressRefused,
    CheckedBackend,
    CheckedTransport,
    Resolve,
)
from services.common.retry_after import wish_of
from services.common.targets import Network

USER_AGENT = "tinbai/1"
_CONNECT = 10.0  # seconds for one of a name's addresses
_LOOKUPS = 32  # names looked up at once: a lookup can't be cancelled, and may take half a minute
# Of an answer that nobody wants, so that its connection can be used again.
_DRAINED = 65_536  # bytes
_DRAINING = 1.0  # seconds
# Parts of an answer; however small, each takes us some 30 µs.
_PARTS = 10_000
_PARTS_DRAINED = 100
_CODINGS = ("", "identity", "gzip", "deflate")


class OutgoingFailure(Exception):
    """A call that came to nothing."""


class TargetRefused(OutgoingFailure):
    """We don't call there: not http, or an address that is not public. Trying again is no use."""


class TooLarge(OutgoingFailure):
    """The answer, unpacked, is larger than the call takes."""


class TooSlow(OutgoingFailure):
    """The whole answer was not there in time."""


class TransportFailed(OutgoingFailure):
    """No such name, no connection, no valid certificate, or an answer that is not HTTP."""


class BadStatus(OutgoingFailure):
    """An answer, but none of success; redirects beyond those that are followed are some of them."""

    def __init__(self, status: int, headers: httpx2.Headers) -> None:
        super().__init__(f"the answer has the status {status}")
        self.status = status
        self.headers = headers

    def wish(self, at: datetime) -> timedelta | None:
        """Say for how long, from `at` on, the server wants to be left alone."""
        return wish_of(self.headers.get("Retry-After"), at)


@dataclass(frozen=True)
class Limits:
    """What a call may cost, all attempts and redirects together."""

    seconds: float = 30.0
    size: int | None = 5 * 1024 * 1024
    """Bytes of the answer's body, once it is unpacked; None where it is not wanted, nor read."""
    redirects: int = 0
    """How many are followed; each target is checked anew."""


@dataclass(frozen=True)
class Reply:
    """An answer of success (2xx), or the 304 that was asked for."""

    status: int
    headers: httpx2.Headers
    content: bytes
    url: str
    """Where it came from in the end."""


class Outgoing:
    """An HTTP client that can be given any address.

    Names are resolved here, for each connection; every address of a name must be one that we may
    call, and the connection goes to an address that was checked, while TLS and `Host` keep the
    name. Proxies that the environment names are not used: they would resolve for themselves.

    A connection is kept for `idle` seconds, for the name that it was made for; without, every call
    makes its own.
    """

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        *,
        resolve: Resolve | None = None,
        verify: ssl.SSLContext | bool = True,
        idle: float = 0,
    ) -> None:
        self._kept = idle > 0
        self._looking_up: dict[tuple[str, int], asyncio.Future[list[str]]] = {}
        self._lookups = ThreadPoolExecutor(_LOOKUPS, "lookup")
        self._backend = CheckedBackend(allowed, resolve or self._resolve)
        self._client = httpx2.AsyncClient(
            transport=CheckedTransport(self._backend, verify, idle),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # none is kept
            # The deadline is for the call as a whole, below.
            timeout=httpx2.Timeout(None, connect=_CONNECT),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._client.aclose()
        self._lookups.shutdown(wait=False, cancel_futures=True)

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        limits: Limits = Limits(),
    ) -> Reply:
        """Send one request and read the whole answer. Raises OutgoingFailure."""
        try:
            async with asyncio.timeout(limits.seconds):
                request = self._client.build_request(method, url, headers=headers, content=content)
                return await self._follow(request, limits)
        except TimeoutError:
            raise TooSlow(f"it took more than {limits.seconds:g} s") from None
        except AddressRefused as refused:
            raise TargetRefused(str(refused)) from refused
        except (httpx2.HTTPError, httpx2.InvalidURL, *FAILURES, ssl.SSLError, OSError) as error:
            raise TransportFailed(str(error) or type(error).__name__) from error

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Give the addresses of a host, at least one, for a call that is not HTTP. It must go to
        one of these, without the name being looked up again: it may lead elsewhere by then. Raises
        OutgoingFailure."""
        try:
            return await self._backend.addresses(host, port)
        except AddressRefused as refused:
            raise TargetRefused(str(refused)) from refused
        except (*FAILURES, OSError) as error:
            raise TransportFailed(str(error) or type(error).__name__) from error

    async def _follow(self, request: httpx2.Request, limits: Limits) -> Reply:
        for left in range(limits.redirects, -1, -1):
            response = await self._client.send(request, stream=True)
            try:
                if response.next_request is None or not left:
                    reply = await _read(response, limits.size)
                    if limits.size is None and self._kept:
                        await _drain(response)
                    return reply
            finally:
                await response.aclose()
            request = response.next_request
        raise AssertionError("the last of them is read")

    async def _resolve(self, host: str, port: int) -> Sequence[str]:
        def look_up() -> list[str]:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            return [str(entry[4][0]) for entry in found]

        # Calls to one name share a look-up: a name server that is slow holds up that name only.
        key = (host, port)
        running = self._looking_up.get(key)
        if running is None:
            loop = asyncio.get_running_loop()
            running = self._looking_up[key] = loop.run_in_executor(self._lookups, look_up)
            running.add_done_callback(lambda _: self._looking_up.pop(key))
        return await asyncio.shield(running)


async def _read(response: httpx2.Response, most: int | None) -> Reply:
    if not response.is_success and response.status_code != httpx2.codes.NOT_MODIFIED:
        raise BadStatus(response.status_code, response.headers)
    if most is None:
        return Reply(response.status_code, response.headers, b"", str(response.url))
    # Codings upon codings could unpack for a long time without yielding one byte to count.
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding not in _CODINGS:
        raise TransportFailed("the answer is packed in a way that was not asked for")
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > most:
            raise TooLarge(f"the answer is larger than {most:,} bytes")
        parts.append(part)
        if len(parts) > _PARTS:
            raise TooLarge(f"the answer comes in more than {_PARTS:,} parts")
    return Reply(response.status_code, response.headers, b"".join(parts), str(response.url))


async def _drain(response: httpx2.Response) -> None:
    """Read what is left, if it is little and comes soon. The answer stands, whatever follows."""
    size = count = 0
    with suppress(TimeoutError, httpx2.HTTPError, *FAILURES):
        async with asyncio.timeout(_DRAINING):
            async for part in response.aiter_raw():
                size, count = size + len(part), count + 1
                if size > _DRAINED or count > _PARTS_DRAINED:
                    return
