"""Receivers that misbehave: everybody else has what is due, and nothing goes where it must not."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from ipaddress import ip_network

import pytest
import trustme

from services.common.outgoing import Limits, Outgoing
from services.syndicate.deliveries.pushing import Pushing
from services.syndicate.ways import webhooks
from tests.factories import article
from tests.syndicate.deliveries.conftest import Desk
from tests.syndicate.hub.subscribers import Callbacks
from tests.syndicate.partners_at_work import SITE

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]

ARTICLES = 6
# The canary is where no call may go; receivers are at 127.0.0.1.
ALLOWED = [ip_network("127.0.0.1/32")]
CANARY = "127.0.0.66"


@asynccontextmanager
async def receiver(answer: Answer, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve `answer` to each request; give the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def saying(head: str, body: bytes = b"") -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {head}\r\n\r\n".encode() + body)
        await writer.drain()

    return answer


async def drip(writer: asyncio.StreamWriter) -> None:
    """Send a header that never ends, a byte at a time."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def pour(writer: asyncio.StreamWriter) -> None:
    """Answer with 10 GiB, if one reads them."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n")
    while True:
        writer.write(bytes(65_536))
        await writer.drain()


async def hint(writer: asyncio.StreamWriter) -> None:
    """Send what may come before an answer, and never the answer."""
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000)
        await writer.drain()


async def crumble(writer: asyncio.StreamWriter) -> None:
    """Answer in parts of one byte, without end."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1\r\nx\r\n" * 1000)
        await writer.drain()


@pytest.fixture
async def canary() -> AsyncIterator[tuple[int, list[object]]]:
    """Listen where nobody may connect; give the port and who did."""
    came: list[object] = []
    server = await asyncio.start_server(lambda _, writer: came.append(writer), CANARY, 0)
    yield server.sockets[0].getsockname()[1], came
    server.close()


async def test_all_others_have_what_is_due_and_nobody_meets_the_canary(
    desk: Desk,
    callbacks: Callbacks,
    canary: tuple[int, list[object]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhooks, "_LIMITS", Limits(seconds=1.5, size=None))
    port, came = canary
    turns = 0

    async def resolve(host: str, _: int) -> list[str]:
        """Let one name move to the canary at every second call, and others be there at once."""
        nonlocal turns
        if host == "moves.test":
            turns += 1
            return ["127.0.0.1" if turns % 2 else CANARY]
        return {"inside.test": [CANARY], "both.test": ["127.0.0.1", CANARY]}.get(
            host, ["127.0.0.1"] if host.endswith(".test") else [host]
        )

    bomb = gzip.compress(bytes(50_000_000), 9)
    packed = f"200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}"
    away = f"307 Go\r\nLocation: http://{CANARY}:{port}/\r\nContent-Length: 0"
    metadata = "302 Go\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0"
    stranger = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("tls.test").configure_cert(stranger)
    async with (
        receiver(drip) as slow,
        receiver(pour) as endless,
        receiver(hint) as hinting,
        receiver(crumble) as crumbling,
        receiver(saying(packed, bomb)) as packing,
        receiver(saying(away)) as redirecting,
        receiver(saying(metadata)) as luring,
        receiver(saying("200 OK"), stranger) as tls,
        receiver(saying("500 No\r\nContent-Length: 0")) as failing,
    ):
        bad = {
            "slow": f"http://slow.test:{slow}/",
            "endless": f"http://endless.test:{endless}/",
            "hints": f"http://hints.test:{hinting}/",
            "crumbs": f"http://crumbs.test:{crumbling}/",
            "bomb": f"http://bomb.test:{packing}/",
            "away": f"http://away.test:{redirecting}/",
            "metadata": f"http://metadata.test:{luring}/",
            "tls": f"https://tls.test:{tls}/",
            "failing": f"http://failing.test:{failing}/",
            "moves": f"http://moves.test:{failing}/",
            "inside": f"http://inside.test:{port}/",
            "both": f"http://both.test:{port}/",
            "numeric": f"http://{CANARY}:{port}/",
            "nobody": "http://nobody.test:9/",
        }
        for name, url in bad.items():
            await desk.partner(name)
            await desk.way(name, url)
        for number in range(5):
            await desk.partner(f"good{number}")
            await desk.way(f"good{number}", callbacks.url(host=f"good{number}.test"))

        trusts = ssl.create_default_context()
        call_out = partial(Outgoing, ALLOWED, resolve=resolve, verify=trusts, idle=webhooks.KEPT)
        engine = Pushing(desk.database, SITE, call_out, desk.webhooks, desk.stored)
        running = asyncio.create_task(engine.run())
        try:
            for _ in range(ARTICLES):
                await desk.release(article())
            await callbacks.until(lambda: len(callbacks.calls) == 5 * ARTICLES, seconds=5)
            rows = await desk.until(
                lambda rows: {r.partner for r in rows if r.attempts} >= bad.keys(), seconds=10
            )
        finally:
            running.cancel()
            await asyncio.wait([running])

    assert came == []
    errors = {row.partner: row.error for row in rows if row.error}
    assert errors == {
        "slow": "too_slow",
        "away": "status_307",
        "metadata": "status_302",
        "hints": "no_answer",
        "tls": "no_answer",
        "failing": "status_500",
        "moves": errors["moves"],
        "inside": "address_refused",
        "both": "address_refused",
        "numeric": "address_refused",
        "nobody": "no_answer",
    }
    assert errors["moves"] in ("status_500", "address_refused")
    # A status of success stands, whatever follows it; nobody reads it.
    taken = {row.state for row in rows if row.partner in ("endless", "bomb", "crumbs")}
    assert taken == {"delivered"}
