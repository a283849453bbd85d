"""What records do to what we hold of their articles: the newest version wins, once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from schemas.article import Article
from schemas.events import ArticleEvent
from services.syndicate.feeds.families import feeds_of


@dataclass(frozen=True)
class Tombstone:
    """A version whose text must be forgotten."""

    article_id: UUID
    version: int


Change = ArticleEvent | Tombstone


@dataclass(frozen=True)
class Held:
    """The newest version that we know of an article; no text once that was erased."""

    version: int
    article: Article | None


@dataclass(frozen=True)
class Outcome:
    """What is held after some changes, and whether each of them changed anything."""

    held: Mapping[UUID, Held]
    """Only what is new."""
    effective: Sequence[bool]


def article_of(change: Change) -> UUID:
    """The article that a change is about."""
    return change.article_id if isinstance(change, Tombstone) else change.article.id


def after(held: Held | None, change: Change) -> Held | None:
    """Give what is held after `change`: the same object when it changes nothing (guarantee 2)."""
    match change:
        case Tombstone(version=version):
            if held and held.version == version and held.article:
                return Held(version, None)
        case ArticleEvent(article=article):
            if held is None or article.version > held.version:
                return Held(article.version, article)
    return held


def settle(before: Mapping[UUID, Held], changes: Iterable[Change]) -> Outcome:
    """Apply changes in order to what was held `before`."""
    now: dict[UUID, Held] = {}
    effective = []
    for change in changes:
        article = article_of(change)
        held = now.get(article) or before.get(article)
        new = after(held, change)
        effective.append(new is not held)
        if new and new is not held:
            now[article] = new
    return Outcome(now, effective)


def feeds_touched(before: Mapping[UUID, Held], outcome: Outcome) -> set[str]:
    """The feeds that look different now: those the articles were in, and those they are in."""
    was = [before[article] for article in outcome.held if article in before]
    return {name for held in (*was, *outcome.held.values()) for name in feeds_of(held.article)}


def feeds_named(changes: Iterable[Change]) -> set[str]:
    """The feeds that exist from now on because an article is, or was, in them."""
    events = (change for change in changes if isinstance(change, ArticleEvent))
    return {name for event in events for name in feeds_of(event.article)}
