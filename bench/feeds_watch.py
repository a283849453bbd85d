"""The callers of the feed benchmark: one who submits, and one who looks into a feed."""

import asyncio
import json
import time
from contextlib import suppress
from typing import Self

_LOOK_EVERY = 0.002  # seconds: how exact the times are that are measured


class Watch:
    """Looks into a feed by conditional requests over one connection, as long as somebody waits."""

    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._path = path
        self._etag = b'""'
        self._body = b""
        self._waiting: dict[bytes, asyncio.Future[float]] = {}
        self._wanted = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def seen(self, article: str) -> float:
        """Wait until `article` is in the feed; tell when that was, by `time.perf_counter`."""
        if article.encode() in self._body:
            return time.perf_counter()
        found = asyncio.get_running_loop().create_future()
        self._waiting[article.encode()] = found
        self._wanted.set()
        return await found

    async def _look(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        while True:
            if not self._waiting:
                self._wanted.clear()
                await self._wanted.wait()
            writer.write(
                b"GET %b HTTP/1.1\r\nHost: bench\r\nIf-None-Match: %b\r\n\r\n"
                % (self._path.encode(), self._etag)
            )
            head, body = await _answer(reader)
            at = time.perf_counter()
            if body:
                self._etag, self._body = _header(head, b"etag"), body
                for article in [each for each in self._waiting if each in body]:
                    self._waiting.pop(article).set_result(at)
            await asyncio.sleep(_LOOK_EVERY)


async def submit(port: int, key: str, body: bytes) -> str:
    """Submit over a connection of its own; return the article's id after its 201."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST /v1/articles HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %b\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (key.encode(), len(body), body)
    )
    head, answer = await _answer(reader)
    writer.close()
    if head[9:12] != b"201":
        raise RuntimeError(f"ingest answered {head[9:12]!r}: {answer[:300]!r}")
    article: str = json.loads(answer)["id"]
    return article


async def _answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0 if head[9:12] == b"304" else int(_header(head, b"content-length"))
    return head, await reader.readexactly(length)


def _header(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n"):
        given, _, value = line.partition(b":")
        if given.lower() == name:
            return value.strip()
    raise RuntimeError(f"an answer without {name!r}")
