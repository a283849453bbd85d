"""A connection that is kept saves the next call its making, and never carries it elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_network

import pytest

from services.common.outgoing import (
    BadStatus,
    Limits,
    Outgoing,
    TargetRefused,
    TooSlow,
    TransportFailed,
)

LOOPBACK = [ip_network("127.0.0.0/8")]
UNREAD = Limits(seconds=5, size=None)
SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers each request on a connection, and knows which connection it came by."""

    def __init__(self, answer: bytes = SHORT) -> None:
        self.answer = answer
        self.port = 0
        self.seen: list[tuple[int, str]] = []
        self._connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        number = self._connections
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                [host] = [line for line in head.split("\r\n") if line.lower().startswith("host:")]
                self.seen.append((number, host.split(":")[1].strip()))
                writer.write(self.answer)
                await writer.drain()
        writer.close()

    def url(self, host: str = "one.test") -> str:
        return f"http://{host}:{self.port}/"


@asynccontextmanager
async def serving(answer: bytes = SHORT) -> AsyncIterator[Server]:
    made = Server(answer)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()


async def here(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def keeping(resolve=here, idle: float = 30) -> Outgoing:
    return Outgoing(LOOPBACK, resolve=resolve, verify=False, idle=idle)


async def test_the_next_call_to_the_same_name_takes_the_same_connection():
    async with serving() as server, keeping() as calls:
        for limits in (Limits(), UNREAD, Limits()):
            await calls.call("POST", server.url(), content=b"x", limits=limits)
    assert [connection for connection, _ in server.seen] == [1, 1, 1]


async def test_a_call_to_another_name_at_the_same_address_makes_its_own():
    async with serving() as server, keeping() as calls:
        for host in ("one.test", "two.test", "one.test", "127.0.0.1"):
            await calls.call("GET", server.url(host))
    assert server.seen == [(1, "one.test"), (2, "two.test"), (1, "one.test"), (3, "127.0.0.1")]


async def test_a_name_that_moves_to_where_we_may_not_call_is_not_followed_there():
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    async def resolve(host: str, port: int) -> list[str]:
        return answers.pop(0)

    async with serving() as server, keeping(resolve, idle=0.1) as calls:
        await calls.call("GET", server.url())
        await calls.call("GET", server.url())  # by the connection that was checked
        await asyncio.sleep(0.2)
        with pytest.raises(TargetRefused):
            await calls.call("GET", server.url())
    assert [connection for connection, _ in server.seen] == [1, 1]


async def test_where_none_is_kept_every_call_makes_its_own():
    async with serving() as server, keeping(idle=0) as calls:
        for _ in range(2):
            await calls.call("GET", server.url(), limits=UNREAD)
    assert [connection for connection, _ in server.seen] == [1, 2]


async def test_calls_at_the_same_time_do_not_share_one():
    async with serving() as server, keeping() as calls:
        await asyncio.gather(*(calls.call("GET", server.url()) for _ in range(3)))
    assert len({connection for connection, _ in server.seen}) == 3


@pytest.mark.parametrize(
    "endless",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + bytes(100_000),
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_a_body_that_nobody_wants_is_left_unread_and_its_connection_not_used_again(
    endless, monkeypatch
):
    monkeypatch.setattr("services.common.outgoing._DRAINING", 0.1)
    async with serving(endless) as server, keeping() as calls:
        for _ in range(2):
            assert (await calls.call("POST", server.url(), limits=UNREAD)).status == 200
    assert [connection for connection, _ in server.seen] == [1, 2]


async def test_a_failure_ends_its_connection():
    bad = b"HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\nbody"
    async with serving(bad) as server, keeping() as calls:
        for _ in range(2):
            with pytest.raises(BadStatus):
                await calls.call("GET", server.url())
    assert [connection for connection, _ in server.seen] == [1, 2]


async def test_a_connection_whose_call_was_given_up_is_not_used_again():
    async with serving() as server, keeping() as calls:
        await calls.call("GET", server.url())
        server.answer = b""
        with pytest.raises(TooSlow):
            await calls.call("GET", server.url(), limits=Limits(seconds=0.2))
        server.answer = SHORT
        assert (await calls.call("GET", server.url())).content == b"ok"
    assert [connection for connection, _ in server.seen] == [1, 1, 2]


async def test_calls_to_one_name_share_a_look_up(monkeypatch):
    looked_up = []

    def slowly(host, port, **_):
        looked_up.append(host)
        raise OSError("no such name")

    monkeypatch.setattr("socket.getaddrinfo", slowly)
    async with Outgoing(LOOPBACK, verify=False) as calls:
        wanted = [calls.call("GET", "http://one.test/") for _ in range(5)]
        found = await asyncio.gather(*wanted, return_exceptions=True)
    assert all(isinstance(each, TransportFailed) for each in found)
    assert looked_up == ["one.test"]
