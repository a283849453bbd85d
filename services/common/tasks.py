"""Work that goes on in the background for as long as the process lives."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog

_CANCEL_AGAIN_AFTER = 1.0  # seconds

log = structlog.get_logger()


@asynccontextmanager
async def running(**work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run each of `work` beside the body, and cancel them after it.

    One that ends on its own is a fault: a service without it would look well and do nothing. The
    process then stops in good order, and whoever supervises it starts it again.
    """
    tasks = [asyncio.create_task(coroutine, name=name) for name, coroutine in work.items()]
    for task in tasks:
        task.add_done_callback(_stop_process)
    try:
        yield
    finally:
        left = set(tasks)
        while left:
            # More than once: aiokafka 0.14 may swallow a cancellation while it closes a client.
            for task in left:
                task.cancel()
            _, left = await asyncio.wait(left, timeout=_CANCEL_AGAIN_AFTER)


async def woken(event: asyncio.Event, within: float | None) -> None:
    """Wait until `event` is set, for so many seconds at most. Not by `wait_for`: before Python 3.12
    it may swallow a cancellation that comes together with the event."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            await event.wait()


def _stop_process(task: "asyncio.Task[None]") -> None:
    if task.cancelled():
        return
    log.critical("background_task_ended", task=task.get_name(), exc_info=task.exception())
    os.kill(os.getpid(), signal.SIGTERM)
