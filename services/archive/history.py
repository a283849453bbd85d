"""The versions of one article: what is known of it, whatever the order its events come in."""

from collections.abc import Mapping

from schemas.article import Article

History = Mapping[int, Article]
"""An article's versions by number."""


def with_version(history: History, article: Article) -> History:
    """Add a version; one that is known changes nothing, and a canceled one ends all before it.

    The outcome is the same for every order of the same versions, so an older event that comes late
    or again can't bring back a text that was taken back.
    """
    if article.version in history:
        return history
    versions = {**history, article.version: article}
    end = max((number for number, each in versions.items() if each.canceled), default=0)
    return {number: each for number, each in versions.items() if number >= end}


def without_version(history: History, version: int) -> History:
    """Forget a version whose text had to be erased."""
    return {number: article for number, article in history.items() if number != version}


def newest(history: History) -> Article | None:
    """Give the version that stands now."""
    return history[max(history)] if history else None
