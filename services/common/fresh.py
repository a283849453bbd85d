"""What is asked for with every request and seldom changes: read once in a while, then kept."""

import asyncio
import time
from typing import Generic, TypeVar

from services.common.database import Database, Job

T = TypeVar("T")


class Fresh(Generic[T]):
    """What `job` reads, never older than some seconds: another process may have changed it."""

    def __init__(self, database: Database, job: Job[T], seconds: float) -> None:
        self._database = database
        self._job = job
        self._seconds = seconds
        self._held: tuple[T] | None = None
        self._read_at = float("-inf")
        self._forgotten = True
        self._reading = asyncio.Lock()

    async def get(self) -> T:
        """Give it."""
        held = self._held
        if held is None or not self._is_fresh():
            async with self._reading:  # one reads, the others wait for him
                if (held := self._held) is None or not self._is_fresh():
                    held = self._held = await self._read()
        return held[0]

    def forget(self) -> None:
        """Read it anew at the next call: it has changed."""
        self._forgotten = True

    def _is_fresh(self) -> bool:
        return not self._forgotten and time.monotonic() - self._read_at < self._seconds

    async def _read(self) -> tuple[T]:
        # Said before it is read: a change that comes meanwhile must not be missed.
        self._forgotten, began = False, time.monotonic()
        try:
            found = await self._database.read(self._job)
        except BaseException:
            self._forgotten = True
            raise
        self._read_at = began
        return (found,)
