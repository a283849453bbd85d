"""What follows when a document is live: its codings, and its files; off the loop, one by one."""

import asyncio
import time
from collections.abc import Callable
from functools import partial

import structlog

from services.common.codings import Bodies, quick, slow
from services.syndicate.feeds.binding import Document
from services.syndicate.serving.answers import Answer
from services.syndicate.serving.folder import Folder
from services.syndicate.serving.shelf import Shelf

_IN_A_ROW = 8
_RESTS = 3  # times as long as it worked: what is new must not wait for what is compressed
_PAUSE = 1.0  # seconds after an error

log = structlog.get_logger()


class Line:
    """Paths that wait: that which changed last and that which waits for longest come in turn. So
    what is taken back is soon in no file, also while all feeds are made anew, and nothing waits for
    ever."""

    def __init__(self) -> None:
        self._oldest: dict[str, None] = {}  # in the order in which they began to wait
        self._newest: dict[str, None] = {}  # the same; the one that changed last is last
        self._newest_turn = False

    def __contains__(self, path: str) -> bool:
        return path in self._oldest

    def __bool__(self) -> bool:
        return bool(self._oldest)

    def add(self, path: str) -> None:
        """Have it wait; once, however often it changes meanwhile."""
        self._oldest[path] = None
        self._newest.pop(path, None)
        self._newest[path] = None

    def remove(self, path: str) -> None:
        """Let it wait no longer."""
        del self._oldest[path], self._newest[path]

    def next(self) -> str:
        """Say whose turn it is; it waits until it is removed."""
        self._newest_turn = not self._newest_turn
        return next(reversed(self._newest) if self._newest_turn else iter(self._oldest))


class Finishing:
    """Two lines of paths; of a document that changes again, the newest is taken.

    gzip, zstd and the files come first; brotli takes as long as all of these, and has a turn now
    and then while others wait.
    """

    def __init__(self, shelf: Shelf, folder: Folder) -> None:
        self._shelf = shelf
        self._folder = folder
        self._quick = Line()
        self._slow = Line()
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
                await self._make_quick(self._quick.next())
                await asyncio.sleep(_RESTS * (time.perf_counter() - began))
            elif self._slow:
                await self._make_slow(self._slow.next())
                await asyncio.sleep(_RESTS * (time.perf_counter() - began))
            elif not swept:
                served = list(self._shelf.answers)
                swept = await self._tried(partial(self._folder.sweep, served))
            else:
                self._more.clear()
                await self._more.wait()

    def _take(self, document: Document) -> None:
        self._quick.add(document.path)
        self._more.set()

    async def _make_quick(self, path: str) -> None:
        self._quick.remove(path)
        self._row += 1
        await self._finish(self._shelf.answers[path], quick)
        self._slow.add(path)

    async def _make_slow(self, path: str) -> None:
        if path in self._quick:  # it changed again: the newest is what is finished
            await self._make_quick(path)
        self._slow.remove(path)
        self._row = 0
        await self._finish(self._shelf.answers[path], slow)

    async def _finish(self, answer: Answer, make: Callable[[bytes], Bodies]) -> None:
        document = answer.document
        made = await asyncio.to_thread(make, document.body)
        self._shelf.add(document, made)
        bodies: Bodies = {"identity": document.body, **answer.bodies, **made}
        if not await self._tried(partial(self._folder.write, document.path, bodies)):
            self._quick.add(document.path)

    async def _tried(self, work: Callable[[], None]) -> bool:
        """Do something with the files; a disk that is full now may have room later."""
        try:
            await asyncio.to_thread(work)
        except OSError as error:
            log.error("files_not_written", error=str(error))  # noqa: TRY400
            await asyncio.sleep(_PAUSE)
            return False
        return True
