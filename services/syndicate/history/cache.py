"""The pages that were made lately: at most so many and so large, and none with an old text."""

from collections import OrderedDict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from services.common.codings import Bodies
from services.syndicate.feeds.binding import Document

_PAGES = 256  # each change looks at all of them
_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class Made:
    """A page that is made, also in other codings."""

    document: Document
    bodies: Bodies
    articles: frozenset[UUID]
    """What it shows."""

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.document.body) + sum(map(len, self.bodies.values()))


class Cache:
    """Pages by address. Only the event loop touches it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Made] = OrderedDict()
        self._size = 0

    def get(self, path: str, etag: str) -> Made | None:
        """Give a page, if it is there in this state."""
        kept = self._kept.get(path)
        if kept is None or kept.document.etag != etag:
            return None
        self._kept.move_to_end(path)
        return kept

    def put(self, made: Made) -> None:
        """Keep a page as long as there is room."""
        path = made.document.path
        self._drop(path)
        self._kept[path] = made
        self._size += made.size
        while len(self._kept) > _PAGES or self._size > _BYTES:
            self._drop(next(iter(self._kept)))

    def forget(self, articles: AbstractSet[UUID]) -> None:
        """Drop every page with one of these."""
        hit = [path for path, kept in self._kept.items() if not articles.isdisjoint(kept.articles)]
        for path in hit:
            self._drop(path)

    def _drop(self, path: str) -> None:
        if kept := self._kept.pop(path, None):
            self._size -= kept.size
