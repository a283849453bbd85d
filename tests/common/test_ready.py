"""What is ready is answered before the application, and nothing is mixed up over it."""

import asyncio
import gc
import logging
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from services.common import connections, ready
from services.common.ready import Reply, Wires
from services.common.settings import ServiceSettings
from services.common.web import config_of
from tests.common.test_connections import WITHIN, all_that_comes

BODY = b"x" * 500_000
READY = {
    b"/small": Reply(200, [(b"content-length", b"5"), (b"etag", b'"s"')], b"small"),
    b"/large": Reply(200, [(b"content-length", str(len(BODY)).encode())], BODY),
    b"/same": Reply(304, [(b"etag", b'"s"')]),
}


async def behind(scope, receive, send):
    """Answer what is ready with the same bytes, as every application does."""
    if scope["path"] == "/slow":
        await asyncio.sleep(0.1)
    await PlainTextResponse(answer_to(scope["path"]))(scope, receive, send)


def answer_to(path: str) -> bytes:
    return READY[path.encode()].body if path.encode() in READY else b"behind"


@asynccontextmanager
async def connected(keep_alive: int = 75):
    settings = ServiceSettings(host="127.0.0.1", port=0)
    config = config_of(behind, settings, lambda url, _: READY.get(url))
    server = uvicorn.Server(config)
    config.lifespan, config.timeout_keep_alive = "off", keep_alive
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer, server
    finally:
        writer.close()
        server.should_exit = True
        await serving


def get(path: str, *lines: str, method: str = "GET", version: str = "1.1") -> bytes:
    head = [f"{method} {path} HTTP/{version}", "Host: x", *lines]
    return "\r\n".join([*head, "", ""]).encode()


async def read(reader, *, with_body: bool = True) -> tuple[int, dict[str, str], bytes]:
    async with asyncio.timeout(WITHIN):
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        headers = dict(line.split(": ", 1) for line in lines)
        size = int(headers.get("content-length", 0)) if with_body else 0
        return int(first.split()[1]), headers, await reader.readexactly(size)


async def test_what_is_ready_comes_with_its_headers_and_the_time():
    async with connected() as (reader, writer, _):
        writer.write(get("/small"))
        status, headers, body = await read(reader)
    assert (status, body) == (200, b"small")
    assert headers["etag"] == '"s"'
    assert parsedate_to_datetime(headers["date"]).utcoffset() is not None


async def test_requests_sent_at_once_are_answered_in_their_order():
    paths = ["/small", "/slow", "/small", "/large", "/same", "/large", "/other", "/small"]
    async with connected() as (reader, writer, _):
        writer.write(b"".join(map(get, paths)))
        answers = [await read(reader) for _ in paths]
    assert [body for _, _, body in answers] == [answer_to(path) for path in paths]


async def test_who_asks_much_and_reads_nothing_is_not_sent_everything():
    async with connected() as (_, writer, server):
        writer.write(get("/large") * 100)
        await writer.drain()
        await asyncio.sleep(0.3)
        (connection,) = server.server_state.connections
        assert connection.transport.get_write_buffer_size() < 2 * len(BODY)
        writer.transport.abort()


@pytest.mark.parametrize(
    "asked",
    [
        get("/small", "Connection: close"),
        get("/small", version="1.0"),
        get("/small", method="HEAD"),
        get("/small", method="POST"),
    ],
)
async def test_what_is_not_asked_for_in_the_usual_way_goes_to_the_application(asked):
    async with connected() as (reader, writer, _):
        writer.write(asked)
        _, headers, body = await read(reader, with_body=not asked.startswith(b"HEAD"))
    assert body in (b"small", b"")
    assert "etag" not in headers


def test_what_was_put_together_is_let_go_after_its_second():
    wires = Wires()
    first, second = READY[b"/small"], READY[b"/large"]
    wire = wires.of(first, b"now")
    assert wires.of(first, b"now") is wire

    wires.of(second, b"later")

    assert len(gc.get_referrers(wire)) <= 1, "this test's own"
    assert wires.of(first, b"later") != wire


def test_not_all_that_is_asked_for_in_a_second_is_kept(monkeypatch):
    monkeypatch.setattr(ready, "_MOST_KEPT", 2 * len(BODY))
    wires, replies = Wires(), [Reply(200, [], BODY) for _ in range(3)]
    wire = [wires.of(reply, b"now") for reply in replies]
    again = [wires.of(reply, b"now") for reply in replies]
    assert again == wire
    assert [one is other for one, other in zip(wire, again, strict=True)] == [True, False, False]


async def test_a_body_that_nobody_wanted_is_read_over():
    async with connected() as (reader, writer, _):
        writer.write(get("/small", "Content-Length: 6") + b"GET /x" + get("/other"))
        assert (await read(reader))[2] == b"small"
        assert (await read(reader))[2] == b"behind"


async def test_a_connection_that_asks_nothing_more_is_closed(monkeypatch):
    monkeypatch.setattr(connections, "_PATIENCE", 0.2)
    async with connected(keep_alive=1) as (reader, writer, _):
        writer.write(get("/small"))
        await read(reader)
        assert await all_that_comes(reader) == b""


async def test_a_large_answer_under_way_is_finished_when_the_service_stops():
    async with connected() as (reader, writer, server):
        writer.write(get("/large"))
        await reader.readexactly(1)
        server.should_exit = True
        rest = await all_that_comes(reader)
        assert rest.endswith(BODY)


@pytest.mark.parametrize(
    "protocol", ["h2c", "websocket"]
)  # Java's HttpClient and curl --http2 offer the first of every server
async def test_who_offers_another_protocol_is_answered_in_this_one(protocol, caplog):
    offer = (
        "Connection: Upgrade, HTTP2-Settings",
        f"Upgrade: {protocol}",
        "HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA",
    )
    async with connected() as (reader, writer, _):
        writer.write(get("/small", *offer))
        status, _, body = await read(reader)
        assert (status, body) == (200, b"small")
        writer.write(get("/small"))
        status, _, body = await read(reader)
        assert (status, body) == (200, b"small")
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []
