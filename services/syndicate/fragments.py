"""The fragments that were cut lately, so that a change costs one entry, not fifty."""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

import structlog

from schemas.article import Article
from services.common.metrics import FEED_RENDER_ERRORS
from services.syndicate.feeds.binding import Fragment, cut
from services.syndicate.feeds.entry import Names, entry_of
from services.syndicate.feeds.site import Site

_KEPT = 10_000  # articles; some 12 KB each, and every feed may hold fifty others

log = structlog.get_logger()


class Fragments:
    """Remembers the fragment of one version of each article, of the last few thousand."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._names: dict[str, str] = {}
        self._cut: dict[UUID, tuple[int, Fragment | None]] = {}

    @property
    def names(self) -> Names:
        """How units, columns, campaigns and genres are called."""
        return self._names

    def speak_of(self, name: str, title: str) -> None:
        """Call what `name` stands for so from now on. What is new has not been spoken of yet."""
        if self._names.get(name, title) != title:
            self._cut.clear()
        self._names[name] = title

    def forget(self, article: UUID) -> None:
        """Remember nothing of this one."""
        self._cut.pop(article, None)

    def of(
        self,
        entries: Sequence[tuple[UUID, int]],
        load: Callable[[Collection[UUID]], dict[UUID, bytes]],
    ) -> list[Fragment]:
        """Give the fragments of (article, version); what is not remembered is loaded and cut.

        An entry that can't be rendered is left out: one bad item hurts only itself.
        """
        for article, _ in entries:
            if article in self._cut:  # what was used last is dropped last
                self._cut[article] = self._cut.pop(article)
        missing = {i: version for i, version in entries if not self._remembers(i, version)}
        for article, json in load(missing).items() if missing else ():
            self._cut[article] = missing[article], self._try(article, json)
        cuts = [self._cut[article] for article, _ in entries if article in self._cut]
        while len(self._cut) > _KEPT:
            del self._cut[next(iter(self._cut))]
        return [fragment for _, fragment in cuts if fragment]

    def _remembers(self, article: UUID, version: int) -> bool:
        return article in self._cut and self._cut[article][0] == version

    def _try(self, article: UUID, json: bytes) -> Fragment | None:
        try:
            entry = entry_of(Article.model_validate_json(json), self._names, self._site)
            return cut(entry, self._site)
        except Exception:
            FEED_RENDER_ERRORS.inc()
            log.exception("entry_left_out", article=str(article))
            return None
