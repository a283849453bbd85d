"""What a batch of events does to the articles that it touches: decided here, written elsewhere."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from schemas.article import Article
from schemas.events import ArticleEvent
from services.archive.articles.history import History, with_version, without_version
from services.common.consuming import Received

_KEY = re.compile(rb"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Erased:
    """A tombstone: the text of this version must be forgotten."""

    id: UUID
    version: int


Change = Article | Erased


def change_of(received: Received[ArticleEvent]) -> Change | None:
    """Say what a record changes; None where it is nothing that readers may see."""
    if received.event:
        return received.event.article if received.event.article.public else None
    key = _KEY.fullmatch(received.record.key or b"")
    return Erased(UUID(key[1].decode()), int(key[2])) if key else None


def apply(
    known: Mapping[UUID, History], changes: Sequence[Change]
) -> tuple[Mapping[UUID, History], list[bool]]:
    """Apply `changes` in order to what is `known` of their articles.

    Gives the histories that are not as they were, and for each change whether it had an effect.
    """
    histories = dict(known)
    effective = []
    for change in changes:
        before = histories.get(change.id, {})
        after = (
            with_version(before, change)
            if isinstance(change, Article)
            else without_version(before, change.version)
        )
        histories[change.id] = after
        effective.append(_shape(after) != _shape(before))
    changed = {
        article_id: history
        for article_id, history in histories.items()
        if _shape(history) != _shape(known.get(article_id, {}))
    }
    return changed, effective


def _shape(history: History) -> dict[int, bool]:
    # One number is one text, so to compare the texts would be for nothing.
    return {number: article is None for number, article in history.items()}
