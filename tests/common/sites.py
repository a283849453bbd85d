"""Web sites on loopback that answer as a test tells them to, well or badly."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Writer = asyncio.StreamWriter


@dataclass
class Site:
    """A server, with the heads of the requests that it got."""

    port: int = 0
    heads: list[str] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def header(self, name: str, request: int = -1) -> str | None:
        """Give a header of a request; None where it was not sent."""
        for line in self.heads[request].split("\r\n")[1:]:
            key, _, value = line.partition(": ")
            if key.lower() == name.lower():
                return value
        return None


Answer = Callable[[str, Writer], Awaitable[None]]


@asynccontextmanager
async def serving(
    answer: bytes | Answer, context: ssl.SSLContext | None = None
) -> AsyncIterator[Site]:
    """Serve `answer` to each request: bytes, or whatever a function of its head writes."""
    site = Site()

    async def serve(reader: asyncio.StreamReader, writer: Writer) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            site.heads.append(head)
            if isinstance(answer, bytes):
                writer.write(answer)
            else:
                await answer(head, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the caller has gone
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()


def ok(body: bytes = b"", *headers: str) -> bytes:
    """Make a whole answer of success."""
    return reply("200 OK", body, *headers)


def reply(status: str, body: bytes = b"", *headers: str) -> bytes:
    """Make a whole answer."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body
