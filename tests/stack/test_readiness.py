import asyncio
from pathlib import Path

import httpx2
import pytest

from stack import readiness
from stack.errors import StackError
from stack.kafka_probe import kafka_answers
from stack.layout import Layout
from stack.readiness import Probe, wait_until_ready
from stack.supervisor import Supervisor

LAYOUT = Layout(Path("/data"), "127.0.0.1", 8000)


def probe(answer: httpx2.Response | Exception) -> Probe:
    def reply(request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Probe(LAYOUT, httpx2.AsyncClient(transport=httpx2.MockTransport(reply)))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx2.Response(200, json={"kafka": "up", "lag": 0}), "ready"),
        (httpx2.Response(200, json={"kafka": "down"}), "no kafka"),
        (httpx2.Response(503, json={"kafka": "up"}), "not ready"),
        (httpx2.Response(200, text="hello"), "not ready"),
        (httpx2.Response(200, json=["up"]), "not ready"),
        (httpx2.ConnectError("refused"), "no answer"),
        (httpx2.ReadTimeout("slow"), "no answer"),
    ],
)
async def test_a_service_is_ready_when_it_says_so_and_has_kafka(answer, expected):
    assert await probe(answer).ask("ingest") == expected


class Never(Supervisor):
    """A supervisor with one service that nobody starts."""

    def __init__(self, restarts: int = 0) -> None:
        super().__init__([])
        self.children = {"ingest": type("Never", (), {"restarts": restarts})()}


async def test_a_service_that_does_not_become_ready_is_named_with_its_log(monkeypatch):
    monkeypatch.setattr(readiness, "START_TIMEOUT", 0.1)
    refused = probe(httpx2.ConnectError("refused"))
    with pytest.raises(StackError, match=r"ingest was not ready .*/data/logs/ingest\.log"):
        await wait_until_ready(LAYOUT, Never(), refused, asyncio.Event())


async def test_a_cluster_that_cannot_be_reached_is_named(monkeypatch):
    monkeypatch.setattr(readiness, "START_TIMEOUT", 0.1)
    down = probe(httpx2.Response(200, json={"kafka": "down"}))
    with pytest.raises(StackError, match=r"ingest did not reach Kafka at 127\.0\.0\.1:8092"):
        await wait_until_ready(LAYOUT, Never(), down, asyncio.Event())


async def test_a_service_that_keeps_dying_is_not_waited_for():
    refused = probe(httpx2.ConnectError("refused"))
    with pytest.raises(StackError, match="ingest process keeps dying"):
        await wait_until_ready(LAYOUT, Never(restarts=5), refused, asyncio.Event())


async def test_the_wait_ends_when_told_to_stop():
    told = asyncio.Event()
    told.set()
    await wait_until_ready(LAYOUT, Never(), probe(httpx2.ConnectError("refused")), told)


async def test_an_open_port_that_is_no_kafka_is_no_answer():
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        assert not await kafka_answers("127.0.0.1", server.sockets[0].getsockname()[1])
