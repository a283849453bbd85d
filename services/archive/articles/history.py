"""The versions of one article: what is known of it, whatever the order its events come in."""

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter

from schemas.article import Article

History = Mapping[int, Article | None]
"""An article's versions by number; None for one whose text was erased, so that it can't come back
from a log that was not compacted yet."""


def with_version(history: History, article: Article) -> History:
    """Add a version; one that is known changes nothing, and a canceled one ends all before it.

    The outcome is the same for every order of the same versions, so an older event that comes late
    or again can't bring back a text that was taken back.
    """
    if article.version in history and not article.erased:
        return history
    return _what_stays({**history, article.version: article})


def without_version(history: History, version: int) -> History:
    """Forget a version whose text had to be erased, whether it came or not."""
    return _what_stays({**history, version: None})


def newest(history: History) -> Article | None:
    """Give the version that stands now."""
    return history[max(history)] if history else None


def standing_at(history: History, at: datetime) -> Article | None:
    """Give the version that stood at a time: the newest of those released by then; None before the
    first. Of an article that was taken back only its end is known, so it is that, whenever."""
    released = [each for each in history.values() if each and (each.canceled or each.updated <= at)]
    return max(released, key=attrgetter("version"), default=None)


def _what_stays(versions: History) -> History:
    for number, each in versions.items():
        if each and each.erased:
            return {number: each}  # the end, whatever else was heard of
    end = max((number for number, each in versions.items() if each and each.canceled), default=0)
    return {number: each for number, each in versions.items() if number >= end or each is None}
