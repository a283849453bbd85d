"""Subscribers on loopback, under names of their own, that behave well or badly."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

Fields = dict[str, str]


@dataclass(frozen=True)
class Call:
    """A request that a callback got."""

    method: str
    target: str
    headers: Fields
    body: bytes

    @property
    def query(self) -> Fields:
        return {k: v[-1] for k, v in parse_qs(urlsplit(self.target).query).items()}


Answer = tuple[int, bytes] | tuple[int, bytes, str] | None
"""Status and body, and perhaps a header line; nothing hangs."""
DIES: Answer = (0, b"")
"""Closes the connection without an answer."""
Behave = Callable[[Call], Answer]


def agree(call: Call) -> Answer:
    """Confirm whatever is asked, and take whatever comes."""
    return 200, call.query.get("hub.challenge", "").encode()


@dataclass
class Callbacks:
    """A server for any number of callbacks: a path for each."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    behave: Behave = agree
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str = "/callback", host: str = "subscriber.test") -> str:
        return f"http://{host}:{self.port}{path}"

    def of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    @property
    def bodies(self) -> list[bytes]:
        return [call.body for call in self.of("POST")]

    async def until(self, condition: Callable[[], object], seconds: float = 20) -> None:
        """Wait until the calls are as they must become."""
        async with asyncio.timeout(seconds):
            while not condition():
                self.heard.clear()
                await self.heard.wait()


async def here(host: str, port: int) -> Sequence[str]:
    """Resolve every name to loopback."""
    return ["127.0.0.1"]


@asynccontextmanager
async def serving() -> AsyncIterator[Callbacks]:
    """Serve callbacks until the body ends."""
    callbacks = Callbacks()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            call = await _read(reader)
            callbacks.calls.append(call)
            callbacks.heard.set()
            answer = callbacks.behave(call)
            if answer is None:
                await reader.read()  # until the caller gives up
            elif answer != DIES:
                status, body, *more = answer
                lines = [f"HTTP/1.1 {status} .", f"Content-Length: {len(body)}", *more, ""]
                head = "\r\n".join(lines)
                where = "Location: /elsewhere\r\n" if status // 100 == 3 else ""
                writer.write(f"{head}{where}Connection: close\r\n\r\n".encode() + body)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1000)
    callbacks.port = server.sockets[0].getsockname()[1]
    try:
        yield callbacks
    finally:
        server.close()


async def _read(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Call(method, target, headers, body)
