"""The pages that were made lately: at most so many and so large, and none with an old text."""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from services.syndicate.feeds.binding import Document

_PAGES = 256  # each change looks at all of them
_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class _Kept:
    etag: str
    articles: frozenset[UUID]
    document: Document | None
    """Nothing while it is being made."""

    @property
    def size(self) -> int:
        return len(self.document.body) if self.document else 0


class Cache:
    """Pages by address. Only the event loop touches it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._size = 0

    def get(self, path: str, etag: str) -> Document | None:
        """Give a page, if it is there in this state."""
        kept = self._kept.get(path)
        if kept is None or kept.etag != etag:
            return None
        self._kept.move_to_end(path)
        return kept.document

    def reserve(self, path: str, etag: str, articles: frozenset[UUID]) -> None:
        """Hold the place of a page that is about to be made."""
        self._put(path, _Kept(etag, articles, None))

    def fill(self, document: Document) -> bool:
        """Put a page into its place; say no if one of its articles has changed meanwhile."""
        kept = self._kept.get(document.path)
        if kept is None or kept.etag != document.etag:
            return False
        self._put(document.path, _Kept(kept.etag, kept.articles, document))
        return True

    def forget(self, articles: Collection[UUID]) -> None:
        """Drop every page with one of these, those that are being made included."""
        hit = [path for path, kept in self._kept.items() if not kept.articles.isdisjoint(articles)]
        for path in hit:
            self._drop(path)

    def _put(self, path: str, kept: _Kept) -> None:
        self._drop(path)
        self._kept[path] = kept
        self._size += kept.size
        while len(self._kept) > _PAGES or (self._size > _BYTES and len(self._kept) > 1):
            self._drop(next(iter(self._kept)))

    def _drop(self, path: str) -> None:
        if kept := self._kept.pop(path, None):
            self._size -= kept.size
