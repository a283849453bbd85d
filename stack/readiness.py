"""Whether each process of the stack is ready, and the wait until all are."""

import asyncio
import time
from typing import Literal

import httpx2

from stack.errors import StackError
from stack.kafka_probe import kafka_answers
from stack.layout import Layout
from stack.supervisor import Supervisor

Readiness = Literal["ready", "no answer", "not ready", "no kafka"]

START_TIMEOUT = 60.0
_POLL = 0.05
_DEATHS = 5  # in a row: within the first 6 s of starting and dying again


class Probe:
    """Asks the processes of one stack how they are."""

    def __init__(self, layout: Layout, client: httpx2.AsyncClient) -> None:
        self._layout = layout
        self._client = client

    async def ask(self, name: str) -> Readiness:
        """Ask one process; it has a second to answer."""
        if name == "broker":
            answers = await kafka_answers(self._layout.broker_host, self._layout.port("broker"))
            return "ready" if answers else "no answer"
        return await self._ask_service(self._layout.url(name))

    async def _ask_service(self, url: str) -> Readiness:
        try:
            answer = await self._client.get(f"{url}/readyz")
            kafka = answer.json()["kafka"] if answer.status_code == httpx2.codes.OK else None
        except httpx2.HTTPError:
            return "no answer"
        except (ValueError, KeyError, TypeError):  # not what a service of ours answers
            return "not ready"
        if kafka is None:
            return "not ready"
        return "ready" if kafka == "up" else "no kafka"


async def wait_until_ready(
    layout: Layout, supervisor: Supervisor, probe: Probe, told_to_stop: asyncio.Event
) -> None:
    """Return when every process is ready, or when told to stop.

    Raises StackError for the first that does not become ready in time, or keeps dying.
    """
    deadline = time.monotonic() + START_TIMEOUT
    for name, child in supervisor.children.items():
        while not told_to_stop.is_set() and (readiness := await probe.ask(name)) != "ready":
            if child.restarts >= _DEATHS:
                raise StackError(f"The {name} process keeps dying: {_where_to_look(layout, name)}.")
            if time.monotonic() > deadline:
                raise StackError(_late(layout, name, readiness))
            await asyncio.sleep(_POLL)


def _late(layout: Layout, name: str, readiness: Readiness) -> str:
    if readiness == "no kafka":
        return f"{name} did not reach Kafka at {layout.bootstrap} within {START_TIMEOUT:.0f} s."
    return (
        f"{name} was not ready after {START_TIMEOUT:.0f} s ({readiness}): "
        f"{_where_to_look(layout, name)}."
    )


def _where_to_look(layout: Layout, name: str) -> str:
    own, stack = layout.logs / f"{name}.log", layout.logs / "stack.log"
    return f"see {own}" if name == "broker" else f"see {own} and {stack}"
