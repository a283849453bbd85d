"""A request must begin in good time and at a good length, whoever sends it."""

import asyncio
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from services.common import connections
from services.common.settings import ServiceSettings
from services.common.web import config_of

WITHIN = 10  # seconds
ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n"
LARGE = b"x" * 16_000_000  # more than the system keeps for a connection


async def app(scope, receive, send):
    """Answer at once, with much where much is asked for."""
    body = LARGE if scope["path"] == "/large" else "here"
    await PlainTextResponse(body)(scope, receive, send)


@asynccontextmanager
async def connected(keep_alive: float = 75):
    settings = ServiceSettings(host="127.0.0.1", port=0)
    server = uvicorn.Server(config_of(app, settings))
    server.config.lifespan = "off"
    server.config.timeout_keep_alive = keep_alive  # type: ignore[assignment]
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        server.should_exit = True
        await serving


async def all_that_comes(reader) -> bytes:
    """Read until the connection is closed; raises TimeoutError where it stays open."""
    async with asyncio.timeout(WITHIN):
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


async def pour(writer, piece: bytes, most: int = 16_000_000) -> None:
    """Send `most` bytes; raises ConnectionError where nobody takes them."""
    async with asyncio.timeout(WITHIN):
        for _ in range(most // len(piece)):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)


@pytest.mark.parametrize("sent", [b"", b"GET ", ASKED, ASKED + b"X: y"])
async def test_a_connection_whose_head_does_not_come_is_closed(monkeypatch, sent):
    monkeypatch.setattr(connections, "_PATIENCE", 0.2)
    async with connected() as (reader, writer):
        writer.write(sent)
        assert await all_that_comes(reader) == b""


@pytest.mark.parametrize("piece", [b"x" * 1000, b"X-Y: " + b"z" * 1000 + b"\r\n"])
async def test_a_head_that_never_ends_is_cut_off(piece):
    async with connected() as (reader, writer):
        writer.write(ASKED)
        with pytest.raises(ConnectionError):
            await pour(writer, piece)
        assert await all_that_comes(reader) == b""


async def test_several_requests_on_one_connection_each_have_their_time(monkeypatch):
    monkeypatch.setattr(connections, "_PATIENCE", 0.5)
    async with connected() as (reader, writer):
        for _ in range(3):
            writer.write(ASKED + b"X: " + b"y" * 30_000 + b"\r\n\r\n")
            async with asyncio.timeout(WITHIN):
                assert await reader.readuntil(b"here")
            await asyncio.sleep(0.6)
        assert not reader.at_eof()


LARGE_ASKED = b"GET /large HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "asked",
    [
        LARGE_ASKED + b"\r\n",
        (LARGE_ASKED + b"\r\n") * 2,
        LARGE_ASKED + b"Connection: close\r\n\r\n",
    ],
    ids=["one answer", "two answers", "the last answer"],
)
async def test_who_takes_nothing_of_an_answer_is_not_waited_for(asked):
    async with connected(keep_alive=0.3) as (reader, writer):
        writer.transport.pause_reading()
        writer.write(asked)
        await asyncio.sleep(1)
        writer.transport.resume_reading()
        assert len(await all_that_comes(reader)) < len(LARGE)


async def test_who_takes_an_answer_slowly_gets_all_of_it():
    async with connected(keep_alive=0.3) as (reader, writer):
        writer.write(LARGE_ASKED + b"\r\n")
        async with asyncio.timeout(WITHIN):
            for _ in range(40):
                await reader.readexactly(len(LARGE) // 40)
                await asyncio.sleep(0.04)


async def test_a_line_end_after_an_answer_does_not_keep_a_connection_open():
    async with connected(keep_alive=0.3) as (reader, writer):
        writer.write(ASKED + b"\r\n")
        async with asyncio.timeout(WITHIN):
            await reader.readuntil(b"here")
        writer.write(b"\r\n")
        assert await all_that_comes(reader) == b""


async def test_who_asks_on_and_on_without_waiting_is_cut_off():
    async with connected() as (reader, writer):
        writer.write((ASKED + b"\r\n") * 2000)
        assert (await all_that_comes(reader)).count(b"here") < 200


async def test_who_offers_another_protocol_is_answered_without_a_word_in_the_log(caplog):
    offer = ASKED + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    async with connected() as (reader, writer), asyncio.timeout(WITHIN):
        for _ in range(2):
            writer.write(offer)
            await reader.readuntil(b"here")
    assert "upgrade" not in caplog.text.lower()
