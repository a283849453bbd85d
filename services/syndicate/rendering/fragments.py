"""The fragments that were cut lately, so that a change costs one entry, not fifty."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from schemas.article import Article
from services.common.metrics import FEED_RENDER_ERRORS
from services.syndicate.feeds.binding import Fragment, cut
from services.syndicate.feeds.entry import Names, entry_of
from services.syndicate.feeds.site import Site

_KEPT = 10_000  # articles; some 12 KB each, and every feed may hold fifty others
_KEPT_BYTES = 256 * 1024 * 1024  # some articles are a hundred times as long

log = structlog.get_logger()


@dataclass
class _Cut:
    """The fragment of one version; nothing if it can't be rendered."""

    version: int
    fragment: Fragment | None
    used: int = 0
    """When it was last asked for: a number that grows."""

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(map(len, self.fragment.parts.values())) if self.fragment else 0


class Fragments:
    """Remembers the fragment of one version of each article, of the last few thousand."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._names: dict[str, str] = {}
        self._cut: dict[UUID, _Cut] = {}
        self._size = 0
        self._uses = 0

    @property
    def names(self) -> Names:
        """How units, columns, campaigns and genres are called."""
        return self._names

    def speak_of(self, name: str, title: str) -> None:
        """Call what `name` stands for so from now on. What is new has not been spoken of yet."""
        if self._names.get(name, title) != title:
            self._cut.clear()
            self._size = 0
        self._names[name] = title

    def forget(self, article: UUID) -> None:
        """Remember nothing of this one."""
        if cut := self._cut.pop(article, None):
            self._size -= cut.size

    def of(
        self,
        entries: Sequence[tuple[UUID, int]],
        load: Callable[[Collection[UUID]], dict[UUID, bytes]],
    ) -> list[Fragment]:
        """Give the fragments of (article, version); what is not remembered is loaded and cut.

        An entry that can't be rendered is left out: one bad item hurts only itself.
        """
        self._uses += 1
        found = self._remembered(entries)
        missing = {i: v for (i, v), cut in zip(entries, found, strict=True) if cut is None}
        if missing:
            for article, json in load(missing).items():
                self._remember(article, _Cut(missing[article], self._try(article, json)))
            found = self._remembered(entries)
            self._make_room()
        return [cut.fragment for cut in found if cut and cut.fragment]

    def _remembered(self, entries: Sequence[tuple[UUID, int]]) -> list[_Cut | None]:
        """Give what is known of these versions, and None for the others."""
        known: list[_Cut | None] = []
        for article, version in entries:
            cut = self._cut.get(article)
            if cut and cut.version == version:
                cut.used = self._uses
                known.append(cut)
            else:
                known.append(None)
        return known

    def _remember(self, article: UUID, cut: _Cut) -> None:
        self.forget(article)
        self._cut[article] = cut
        self._size += cut.size

    def _make_room(self) -> None:
        """Drop what was used least lately, a tenth at once: to find it takes a look at all."""
        if len(self._cut) <= _KEPT and self._size <= _KEPT_BYTES:
            return
        for article in sorted(self._cut, key=lambda article: self._cut[article].used):
            if len(self._cut) <= _KEPT * 9 // 10 and self._size <= _KEPT_BYTES * 9 // 10:
                return
            self.forget(article)

    def _try(self, article: UUID, json: bytes) -> Fragment | None:
        try:
            entry = entry_of(Article.model_validate_json(json), self._names, self._site)
            return cut(entry, self._site)
        except Exception:
            FEED_RENDER_ERRORS.inc()
            log.exception("entry_left_out", article=str(article))
            return None
