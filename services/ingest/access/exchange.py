"""What is found out about a caller, kept to while his body is read and his answer sent."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import IO

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common.limiter import Headers
from services.common.problems import Problem, unauthorized
from services.common.said import said

_IN_SCOPE = "tinbai.exchange"
_IN_MEMORY = 1024 * 1024  # bytes of a body; the rest waits in a file
_PIECE = 64 * 1024
MOST_SIGNED = 256 * 1024 * 1024  # bytes of a signed body


class Exchange:
    """One request, as it comes in, and its answer, as it goes out."""

    def __init__(self, receive: Receive) -> None:
        self.headers: Headers = []
        """What admission adds to the answer, whatever the answer is."""
        self._receive = receive
        self._begun = False
        self._body: IO[bytes] | None = None

    async def receive(self) -> Message:
        """Give the next part of the body; of a signed one, what was compared."""
        self._begun = True
        if self._body is None:
            return await self._receive()
        part = self._body.read(_PIECE)
        if not part:
            self.close()
        return {"type": "http.request", "body": part, "more_body": bool(part)}

    async def compare(self, digests: Mapping[str, bytes]) -> None:
        """Read the whole body, and keep it to be received. Raises Problem where it has not these
        digests, or where there are none and there is a body."""
        if self._begun:
            raise RuntimeError("the body was read before the signature was looked at")
        self._body = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by `close`
        hashes = [(hashlib.new(name.replace("-", "")), digest) for name, digest in digests.items()]
        async for part in _parts(self._receive):
            for made, _ in hashes:
                made.update(part)
            self._body.write(part)
        if self._body.tell() and not digests:
            raise unauthorized(said("What has a body must be signed with its `Content-Digest`."))
        if not all(hmac.compare_digest(made.digest(), digest) for made, digest in hashes):
            raise unauthorized(said("The body is not the one of the signed `Content-Digest`."))
        self._body.seek(0)

    def close(self) -> None:
        """Let go of what was kept."""
        if self._body is not None:
            self._body.close()
            self._body = None


class Exchanges:
    """The middleware that makes an exchange of each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._inner = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        exchange = scope[_IN_SCOPE] = Exchange(receive)

        async def send_with_headers(message: Message) -> None:
            if exchange.headers and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *exchange.headers]
            await send(message)

        try:
            await self._inner(scope, exchange.receive, send_with_headers)
        finally:
            exchange.close()


def exchange_of(request: Request) -> Exchange:
    """Find the exchange that a request belongs to."""
    exchange = request.scope[_IN_SCOPE]
    assert isinstance(exchange, Exchange)
    return exchange


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size > MOST_SIGNED:
            raise Problem(
                "too-large", said("At most {most:,} bytes can be signed for.", most=MOST_SIGNED)
            )
        yield part
