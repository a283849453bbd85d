"""What follows when a document is live: its codings, and its files; off the loop, one by one."""

import asyncio
import time
from collections.abc import Callable
from functools import partial

import structlog

from services.syndicate.codings import Bodies, quick, slow
from services.syndicate.feeds.binding import Document
from services.syndicate.folder import Folder
from services.syndicate.shelf import Shelf

_PAUSE = 1.0  # seconds after an error

log = structlog.get_logger()


class Finishing:
    """Two lines of paths; a document that changes again keeps its place, and the newest is taken.

    gzip and zstd come first, for all that wait; brotli and the files take ten times as long, and
    half of the time is left to others.
    """

    def __init__(self, shelf: Shelf, folder: Folder) -> None:
        self._shelf = shelf
        self._folder = folder
        self._quick: dict[str, None] = {}
        self._slow: dict[str, None] = {}
        self._more = asyncio.Event()
        shelf.tell(self._take)

    async def run(self) -> None:
        """Work until cancelled. The files of what is not served any more go when everything that
        was served at the start has been written."""
        while not await self._tried(self._folder.open):
            pass
        swept = False
        while True:
            if self._quick:
                await self._make_quick(next(iter(self._quick)))
            elif self._slow:
                await self._make_slow(next(iter(self._slow)))
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
        document = self._shelf.answers[path].document
        self._shelf.add(document, await asyncio.to_thread(quick, document.body))
        self._slow[path] = None

    async def _make_slow(self, path: str) -> None:
        del self._slow[path]
        answer = self._shelf.answers[path]
        began = time.perf_counter()
        made = await asyncio.to_thread(slow, answer.document.body)
        self._shelf.add(answer.document, made)
        if path in self._quick:
            return  # it changed meanwhile, and comes here again
        bodies: Bodies = {"identity": answer.document.body, **answer.bodies, **made}
        if not await self._tried(partial(self._folder.write, path, bodies)):
            self._slow[path] = None
        await asyncio.sleep(time.perf_counter() - began)

    async def _tried(self, work: Callable[[], None]) -> bool:
        """Do something with the files; a disk that is full now may have room later."""
        try:
            await asyncio.to_thread(work)
        except OSError as error:
            log.error("files_not_written", error=str(error))  # noqa: TRY400
            await asyncio.sleep(_PAUSE)
            return False
        return True
