"""No byte of a signed body passes before the whole was compared."""

import asyncio
import hashlib

import pytest
from starlette.requests import ClientDisconnect

from services.common.problems import Problem
from services.ingest.access.exchange import Exchange

DIGESTS = {"sha-256": hashlib.sha256(b"one two").digest()}


def coming(*parts: bytes, ends: bool = True):
    """Give an ASGI `receive`; where the body does not end, the client leaves."""
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    if ends:
        messages[-1]["more_body"] = False
    messages.append({"type": "http.disconnect"})

    async def receive():
        await asyncio.sleep(0)
        return messages.pop(0)

    return receive


async def body_of(exchange: Exchange) -> bytes:
    body, more = b"", True
    while more:
        message = await exchange.receive()
        body, more = body + message["body"], message["more_body"]
    return body


async def test_the_body_is_given_whole_and_then_the_connection():
    exchange = Exchange(coming(b"one", b"", b" two"))
    exchange.expect(DIGESTS)

    assert await body_of(exchange) == b"one two"
    assert (await exchange.receive())["type"] == "http.disconnect"


@pytest.mark.parametrize("parts", [[b"one"], [b"one two", b" three"], [b""]])
async def test_of_another_body_nothing_is_given_also_when_asked_again(parts):
    exchange = Exchange(coming(*parts))
    exchange.expect(DIGESTS)

    with pytest.raises(Problem):
        await exchange.receive()
    with pytest.raises(ClientDisconnect):
        await exchange.receive()


async def test_of_half_a_body_nothing_is_given():
    exchange = Exchange(coming(b"one two", ends=False))
    exchange.expect(DIGESTS)

    with pytest.raises(ClientDisconnect):
        await exchange.receive()


async def test_who_stops_waiting_does_not_get_the_rest_unseen():
    exchange = Exchange(coming(b"one", b" two"))
    exchange.expect(DIGESTS)
    waiting = asyncio.create_task(exchange.receive())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    with pytest.raises(ClientDisconnect):
        await exchange.receive()


async def test_a_body_that_was_read_before_is_our_own_fault():
    exchange = Exchange(coming(b"one two"))
    await exchange.receive()

    with pytest.raises(RuntimeError):
        exchange.expect(DIGESTS)
