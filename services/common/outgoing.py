"""Calls to other people's servers: to public addresses only, within limits of time and size."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self

import httpx2

from services.common.targets import Network, may_reach

USER_AGENT = "tinbai/1"
_CONNECT = 10.0  # seconds for one of a name's addresses
_LOOKUPS = 8  # names looked up at once: a lookup can't be cancelled, and may take half a minute
_CODINGS = ("", "identity", "gzip", "deflate")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a name. Raises OSError where there is none."""


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

    Names are resolved here, at each attempt; every address of a name must be one that we may call,
    and the connection goes to an address that was checked, while TLS and `Host` keep the name.
    Proxies that the environment names are not used: they would resolve for themselves.
    """

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        *,
        resolve: Resolve | None = None,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        self._lookups = ThreadPoolExecutor(_LOOKUPS, "lookup")
        self._transport = _CheckedTransport(allowed, resolve or self._resolve, verify)
        self._client = httpx2.AsyncClient(
            transport=self._transport,
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

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Give the addresses of a host, at least one, for a call that is not HTTP. It must go to
        one of these, without the name being looked up again: it may lead elsewhere by then. Raises
        TargetRefused, OSError."""
        return await self._transport.addresses(host, port)

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
        except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError, OSError) as error:
            raise TransportFailed(str(error) or type(error).__name__) from error

    async def _follow(self, request: httpx2.Request, limits: Limits) -> Reply:
        for left in range(limits.redirects, -1, -1):
            response = await self._client.send(request, stream=True)
            try:
                if response.next_request is None or not left:
                    return await _read(response, limits.size)
            finally:
                await response.aclose()
            request = response.next_request
        raise AssertionError("the last of them is read")

    async def _resolve(self, host: str, port: int) -> Sequence[str]:
        def look_up() -> list[str]:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            return [str(entry[4][0]) for entry in found]

        return await asyncio.get_running_loop().run_in_executor(self._lookups, look_up)


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
    return Reply(response.status_code, response.headers, b"".join(parts), str(response.url))


@dataclass
class _CheckedTransport(httpx2.AsyncBaseTransport):
    """Puts a checked address in the place of the name, and sends the request there."""

    allowed: Sequence[Network]
    resolve: Resolve
    verify: ssl.SSLContext | bool
    inner: httpx2.AsyncHTTPTransport = field(init=False)

    def __post_init__(self) -> None:
        # No connection is kept: the next call may be to another address.
        self.inner = httpx2.AsyncHTTPTransport(
            verify=self.verify, trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Try the addresses of the target in turn, until one takes the connection."""
        addresses = await self._addresses_of(request.url)
        for address in addresses[:-1]:
            try:
                return await self.inner.handle_async_request(_sent_to(request, address))
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self.inner.handle_async_request(_sent_to(request, addresses[-1]))

    async def aclose(self) -> None:
        """Close what is open."""
        await self.inner.aclose()

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Look a name up; all that is found must be addresses that we may call."""
        try:
            found = list(dict.fromkeys(await self.resolve(host, port)))
        except UnicodeError as error:  # a label of more than 63 characters
            raise TargetRefused("the host is not a name") from error
        if not found:
            raise OSError("the name has no address")
        for address in found:
            if not may_reach(address, self.allowed):
                raise TargetRefused(f"the address {address} is not public")
        return found

    async def _addresses_of(self, url: httpx2.URL) -> Sequence[str]:
        if url.scheme not in ("http", "https") or not url.raw_host:
            raise TargetRefused("only http and https addresses are called")
        port = url.port or (443 if url.scheme == "https" else 80)
        return await self.addresses(url.raw_host.decode("ascii"), port)


def _sent_to(request: httpx2.Request, address: str) -> httpx2.Request:
    # `Host` was set from the name when the request was built; the certificate is for the name too.
    name = request.url.raw_host.decode("ascii")
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions=request.extensions | {"sni_hostname": name},
    )
