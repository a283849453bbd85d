"""What is found out about a caller, kept to while his body is read and his answer sent."""

import hashlib
import hmac
from collections.abc import AsyncGenerator, Mapping
from tempfile import SpooledTemporaryFile

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common.problems import Problem, unauthorized
from services.common.said import said
from services.ingest.access.limiter import Headers

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
        self._checked: AsyncGenerator[Message, None] | None = None
        self._begun = False
        self._passed = False

    async def receive(self) -> Message:
        """Give the next part of the body, once all of it is known to be what was signed."""
        self._begun = True
        if self._checked is None or self._passed:
            return await self._receive()
        try:
            message = await anext(self._checked)
        except StopAsyncIteration:
            # Given up midway: what is left of the body was never compared with anything.
            raise ClientDisconnect from None
        self._passed = not message["more_body"]
        return message

    def expect(self, digests: Mapping[str, bytes]) -> None:
        """Let no byte of the body pass before the whole has these digests; without any, no body."""
        if self._begun:
            raise RuntimeError("the body was read before the signature was looked at")
        self._checked = _checked(self._receive, digests)

    async def close(self) -> None:
        """Let go of what was spooled."""
        if self._checked is not None:
            await self._checked.aclose()


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
            await exchange.close()


def exchange_of(request: Request) -> Exchange:
    """Find the exchange that a request belongs to."""
    exchange = request.scope[_IN_SCOPE]
    assert isinstance(exchange, Exchange)
    return exchange


async def _checked(receive: Receive, digests: Mapping[str, bytes]) -> AsyncGenerator[Message, None]:
    with SpooledTemporaryFile(_IN_MEMORY) as spool:
        hashes = [(hashlib.new(name.replace("-", "")), digest) for name, digest in digests.items()]
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
            for made, _ in hashes:
                made.update(part)
            spool.write(part)
        if size and not digests:
            raise unauthorized(said("What has a body must be signed with its `Content-Digest`."))
        if not all(hmac.compare_digest(made.digest(), digest) for made, digest in hashes):
            raise unauthorized(said("The body is not the one of the signed `Content-Digest`."))
        spool.seek(0)
        while part := spool.read(_PIECE):
            yield {"type": "http.request", "body": part, "more_body": True}
    yield {"type": "http.request", "body": b"", "more_body": False}
