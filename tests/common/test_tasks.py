"""Whoever waits for a word is woken by it, and never for longer than he said."""

import asyncio

import pytest

from services.common.tasks import woken


async def test_a_word_ends_the_wait():
    event = asyncio.Event()
    event.set()
    async with asyncio.timeout(10):
        await woken(event, None)


async def test_without_a_word_the_wait_ends_by_itself():
    async with asyncio.timeout(10):
        await woken(asyncio.Event(), 0.01)


async def test_a_cancellation_that_comes_with_the_word_is_not_swallowed():
    event = asyncio.Event()
    waiting = asyncio.create_task(woken(event, 10))
    await asyncio.sleep(0)
    event.set()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
