"""The supervisor: starts all children at once, keeps them running, stops them in order."""

import asyncio
from collections.abc import Iterable

import structlog

from stack.child import Child, Program

# ingest first, so that nothing new comes in; the broker last, so that everything gets out.
_STOP_ORDER = (("ingest",), ("syndicate", "archive"), ("broker",))

logger = structlog.get_logger()


class Supervisor:
    """Children by name, each kept running by a task of its own."""

    def __init__(self, programs: Iterable[Program]) -> None:
        self.children = {program.name: Child(program) for program in programs}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Start all of them at once: services wait for Kafka by themselves."""
        for name, child in self.children.items():
            self._tasks[name] = asyncio.create_task(child.keep_running(), name=name)

    async def stop(self) -> None:
        """Stop them in order; each has a bounded time, so this ends."""
        for group in _STOP_ORDER:
            tasks = [self._tasks[name] for name in group if name in self._tasks]
            for name in self._tasks.keys() & set(group):
                self.children[name].stop()
            if tasks:
                await asyncio.wait(tasks)
        logger.info("stack_stopped")
