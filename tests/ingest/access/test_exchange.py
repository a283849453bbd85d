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


async def test_the_body_is_given_as_it_was_compared_and_then_the_connection():
    exchange = Exchange(coming(b"one", b"", b" two"))
    await exchange.compare(DIGESTS)

    assert await body_of(exchange) == b"one two"
    assert (await exchange.receive())["type"] == "http.disconnect"


@pytest.mark.parametrize("parts", [[b"one"], [b"one two", b" three"], [b""]])
async def test_another_body_is_refused(parts):
    with pytest.raises(Problem):
        await Exchange(coming(*parts)).compare(DIGESTS)


async def test_half_a_body_is_that_of_somebody_who_left():
    with pytest.raises(ClientDisconnect):
        await Exchange(coming(b"one two", ends=False)).compare(DIGESTS)


async def test_without_digests_there_is_no_body():
    await Exchange(coming(b"")).compare({})
    with pytest.raises(Problem):
        await Exchange(coming(b"one")).compare({})


async def test_a_body_that_was_read_before_is_our_own_fault():
    exchange = Exchange(coming(b"one two"))
    await exchange.receive()

    with pytest.raises(RuntimeError):
        await exchange.compare(DIGESTS)
