"""The pages that are kept, and how they leave."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from services.archive.serving.kept import Kept
from services.common.answers import Answer, reply_to
from services.common.ready import Header, Ready, Signed
from services.common.web import signed

T = TypeVar("T")

_BYTES = 64 * 1024 * 1024
# Seconds for which a page may not show yet what is new elsewhere: at rest, and at the most.
_A_MOMENT, _LONG = 1.0, 120.0
_RESTS = 4  # times as long as an old page took to be made: others want to read meanwhile


@dataclass(frozen=True)
class Page:
    """A page that is kept, and what it is counted under: the route that made it."""

    answer: Answer
    route: object


class Pages:
    """Pages that are kept. Old ones are made anew one by one, with rests: while articles pour in,
    all are old after a second, and to make them all would leave no time to give any."""

    def __init__(self, kept: Kept[Page]) -> None:
        self.kept = kept
        self._rests_until = 0.0
        self._is_renewing = False

    def get(self, key: str) -> Page | None:
        """Give a page, unless it should be made now."""
        found = self.kept.get(key)
        return None if found is None or (found.old and self._has_time()) else found.value

    async def renewed(self, key: str, making: Awaitable[T]) -> T:
        """Wait for a page that is made since there was none, or only an old one."""
        if self.kept.get(key) is None:
            return await making
        self._is_renewing, began = True, time.monotonic()
        try:
            return await making
        finally:
            ended = time.monotonic()
            self._is_renewing, self._rests_until = False, ended + _RESTS * (ended - began)

    def _has_time(self) -> bool:
        return not self._is_renewing and time.monotonic() >= self._rests_until


def room_for_pages(*, shared: bool, basis: Callable[[], object]) -> Pages:
    """Keep pages from now on; `shared` is the engine's, `basis` gives the names that they show."""
    # Where others write, nobody tells of what they take back.
    old_for = _A_MOMENT if shared else _LONG
    kept: Kept[Page] = Kept(
        most=_BYTES, fresh_for=_A_MOMENT, old_for=old_for, shared=shared, basis=basis
    )
    return Pages(kept)


def ready_pages(pages: Callable[[], Pages]) -> Ready:
    """Answer from the connection itself, for the usual request of a page that is kept."""

    def ready(url: bytes, headers: Sequence[Header]) -> Signed | None:
        # What else there may be to an address, or to a request of another site, is seen to behind.
        if b"?" in url or b"%" in url or any(name == b"origin" for name, _ in headers):
            return None
        path = url.decode("latin-1")
        page = pages().get(path)
        if page is None:
            return None
        return signed(reply_to(page.answer, headers), path, page.route, headers)

    return ready
