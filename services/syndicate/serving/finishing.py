"""What follows when a document is live: its codings, and its files; off the loop, one by one."""

import asyncio
import time
from collections.abc import Callable
from functools import partial

import structlog

from services.syndicate.feeds.binding import Document
from services.syndicate.serving.answers import Answer
from services.syndicate.serving.codings import Bodies, quick, slow
from services.syndicate.serving.folder import Folder
from services.syndicate.serving.shelf import Shelf

_IN_A_ROW = 8
_RESTS = 3  # times as long as it worked: what is new must not wait for what is compressed
_PAUSE = 1.0  # seconds after an error

log = structlog.get_logger()


class Finishing:
    """Two lines of paths; a document that changes again keeps its place, and the newest is taken.

    gzip, zstd and the files come first; brotli takes as long as all of these, and has a turn now
    and then while others wait.
    """

    def __init__(self, shelf: Shelf, folder: Folder) -> None:
        self._shelf = shelf
        self._folder = folder
        self._quick: dict[str, None] = {}
        self._slow: dict[str, None] = {}
        self._row = 0  # how many came first, one after the other
        self._more = asyncio.Event()
        shelf.tell(self._take)

    async def run(self) -> None:
        """Work until cancelled. The files of what is not served any more go when everything that
        was served at the start has been written."""
        while not await self._tried(self._folder.open):
            pass
        swept = False
        while True:
            began = time.perf_counter()
            if self._quick and not (self._slow and self._row >= _IN_A_ROW):
                await self._make_quick(next(iter(self._quick)))
                await asyncio.sleep(_RESTS * (time.perf_counter() - began))
            elif self._slow:
                await self._make_slow(next(iter(self._slow)))
                await asyncio.sleep(_RESTS * (time.perf_counter() - began))
            elif not swept:
                served = list(self._shelf.answers)
                swept = await self._tried(partial(self._folder.sweep, served))
            else:
                self._more.clear()
                await self._more.wait()

    def _take(self, document: Document) -> None:
        self._quick[document.path] = None
        self._more.set()

    async def _make_quick(self, path: str) -> None:
        del self._quick[path]
        self._row += 1
        await self._finish(self._shelf.answers[path], quick)
        self._slow[path] = None

    async def _make_slow(self, path: str) -> None:
        if path in self._quick:  # it changed again: the newest is what is finished
            await self._make_quick(path)
        del self._slow[path]
        self._row = 0
        await self._finish(self._shelf.answers[path], slow)

    async def _finish(self, answer: Answer, make: Callable[[bytes], Bodies]) -> None:
        document = answer.document
        made = await asyncio.to_thread(make, document.body)
        self._shelf.add(document, made)
        bodies: Bodies = {"identity": document.body, **answer.bodies, **made}
        if not await self._tried(partial(self._folder.write, document.path, bodies)):
            self._quick[document.path] = None

    async def _tried(self, work: Callable[[], None]) -> bool:
        """Do something with the files; a disk that is full now may have room later."""
        try:
            await asyncio.to_thread(work)
        except OSError as error:
            log.error("files_not_written", error=str(error))  # noqa: TRY400
            await asyncio.sleep(_PAUSE)
            return False
        return True
