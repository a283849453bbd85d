"""The callers of the ingest benchmark: as little work as possible on their side of the wire."""

import asyncio
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

_SYLLABLES = (
    "hải quan thông khu vực hàng hóa xuất nhập khẩu kiểm tra giám sát cửa khẩu doanh nghiệp thuế "
    "đơn vị công tác phối hợp lực lượng tuần tra biên giới cảng biển tờ khai điện tử chuyển đổi số"
).split()
_PARAGRAPHS = 10  # with headline and lead some 3,000 bytes


@dataclass(frozen=True)
class Measured:
    """How many were answered in how many seconds, and how long each waited."""

    done: int
    seconds: float
    waits: list[float]

    @property
    def rate(self) -> float:
        return self.done / self.seconds


def submissions(seed: int) -> Iterator[bytes]:
    """Make submissions of 3 KB, each with words of its own."""
    chance = random.Random(seed)
    for number in count(1):
        paragraphs = [" ".join(chance.choices(_SYLLABLES, k=40)) for _ in range(_PARAGRAPHS)]
        article = {
            "headline": " ".join(chance.choices(_SYLLABLES, k=12)).capitalize(),
            "lead": " ".join(chance.choices(_SYLLABLES, k=30)).capitalize(),
            "body": "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
            "external_id": f"bench-{seed}-{number}",
        }
        yield json.dumps(article, ensure_ascii=False).encode()


async def singles(port: int, key: str, bodies: list[bytes], callers: int) -> Measured:
    """Submit each in a request of its own, over `callers` connections."""
    waiting = iter(bodies)
    waits: list[float] = []

    async def call() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in waiting:
            sent = time.perf_counter()
            writer.write(_head("/v1/articles", key, f"Content-Length: {len(body)}") + body)
            await _expect(reader, b"201")
            waits.append(time.perf_counter() - sent)
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return Measured(len(waits), time.perf_counter() - begun, waits)


async def paced(port: int, key: str, bodies: list[bytes], per_second: int) -> Measured:
    """Submit at a steady pace, whatever the answers take: a slow answer delays no other."""
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    waits: list[float] = []

    async def call(body: bytes, due: float) -> None:
        await asyncio.sleep(max(0, due - time.perf_counter()))
        reader, writer = idle.pop() if idle else await asyncio.open_connection("127.0.0.1", port)
        writer.write(_head("/v1/articles", key, f"Content-Length: {len(body)}") + body)
        await _expect(reader, b"201")
        waits.append(time.perf_counter() - due)
        idle.append((reader, writer))

    begun = time.perf_counter()
    await asyncio.gather(
        *(call(body, begun + number / per_second) for number, body in enumerate(bodies))
    )
    for _, writer in idle:
        writer.close()
    return Measured(len(waits), time.perf_counter() - begun, waits)


async def batch(port: int, key: str, bodies: list[bytes]) -> Measured:
    """Submit all in one batch; the answer's last line ends the measurement."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = b"".join(body + b"\n" for body in bodies)
    begun = time.perf_counter()
    writer.write(_head("/v1/batches", key, f"Content-Length: {len(lines)}"))
    for start in range(0, len(lines), 1 << 20):
        writer.write(lines[start : start + (1 << 20)])
        await writer.drain()
    answers = await _chunked(reader)
    seconds = time.perf_counter() - begun
    writer.close()
    codes = [json.loads(line)["code"] for line in answers.splitlines()]
    if codes != [201] * len(bodies):
        raise RuntimeError(f"not all lines were taken: {set(codes)}")
    return Measured(len(codes), seconds, [])


def _head(path: str, key: str, length: str) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n{length}\r\n\r\n"
    ).encode()


async def _expect(reader: asyncio.StreamReader, code: bytes) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    at = head.lower().index(b"content-length:")
    body = await reader.readexactly(int(head[at + 15 : head.index(b"\r\n", at)]))
    if head[9:12] != code:
        raise RuntimeError(f"ingest answered {head[9:12]!r}: {body[:300]!r}")


async def _chunked(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if head[9:12] != b"200":
        raise RuntimeError(f"ingest answered {head!r}")
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    return body
