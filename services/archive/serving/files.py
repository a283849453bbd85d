"""Which files readers may have now: each is looked for in the index once, not for every reader."""

import asyncio
from collections.abc import Callable, Collection
from uuid import UUID

from schemas.article import Article, Media
from services.archive.serving.kept import Kept

_MOST = 20_000  # descriptions, of some 500 bytes
_LONG, _A_MOMENT = 60.0, 1.0  # seconds


class Files:
    """Descriptions of files that a current article shows. What none shows is looked for each time:
    it may be shown by the next."""

    def __init__(self, showing: Callable[[UUID], Article | None], *, shared: bool) -> None:
        """Ask `showing` for an article that shows a file; `shared` is the engine's."""
        self._showing = showing
        # Only a change of the article that shows a file takes it away, and of that we are told.
        seconds = _A_MOMENT if shared else _LONG
        self._kept: Kept[Media] = Kept(
            most=_MOST, fresh_for=seconds, old_for=seconds, shared=shared
        )

    def changed(self, articles: Collection[UUID] | None) -> None:
        """Look anew for what these articles showed."""
        self._kept.changed(articles)

    async def shown(self, media_id: UUID) -> Media | None:
        """Describe a file, if a current article shows it."""
        kept = self._kept.get(media_id)
        return kept.value if kept else await asyncio.to_thread(self._found, media_id)

    def _found(self, media_id: UUID) -> Media | None:
        began = self._kept.begin()
        article = self._showing(media_id)
        if article is None:
            return None
        media = next(each for each in article.media if each.id == media_id)
        self._kept.put(media_id, media, size=1, articles=[article.id], began=began)
        return media
