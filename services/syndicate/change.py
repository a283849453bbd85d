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
    """The newest version that we know of an article; none of it once that was erased."""

    version: int
    article: Article | None

    @property
    def erased(self) -> bool:
        """Whether this is the record of an erasure: the end, whatever comes late or again."""
        return self.article is not None and self.article.erased is not None


@dataclass(frozen=True)
class Outcome:
    """What is held after some changes, and whether each of them changed anything."""

    held: Mapping[UUID, Held]
    """Only what is new."""
    effective: Sequence[bool]


def article_of(change: Change) -> UUID:
    """The article that a change is about."""
    return change.article_id if isinstance(change, Tombstone) else change.article.id


def erases(change: Change) -> bool:
    """Whether text must be forgotten for it."""
    return isinstance(change, Tombstone) or change.article.erased is not None


def after(held: Held | None, change: Change) -> Held | None:
    """Give what is held after `change`: the same object when it changes nothing (guarantee 2).

    A tombstone is remembered though its version never came: it may come yet, from a log that was
    not compacted. The record of an erasure wins over everything.
    """
    if held and held.erased:
        return held
    match change:
        case Tombstone(version=version):
            if held is None or version > held.version or (version == held.version and held.article):
                return Held(version, None)
        case ArticleEvent(article=article):
            if held is None or article.version > held.version or article.erased:
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


def forgotten(outcome: Outcome) -> set[UUID]:
    """The articles of which some text must not be found any more, anywhere."""
    return {i for i, held in outcome.held.items() if held.article is None or held.erased}


def feeds_touched(before: Mapping[UUID, Held], outcome: Outcome) -> set[str]:
    """The feeds that look different now: those the articles were in, and those they are in."""
    was = [before[article] for article in outcome.held if article in before]
    return {name for held in (*was, *outcome.held.values()) for name in feeds_of(held.article)}


def feeds_named(changes: Iterable[Change]) -> set[str]:
    """The feeds that exist from now on because an article is, or was, in them."""
    events = (change for change in changes if isinstance(change, ArticleEvent))
    return {name for event in events for name in feeds_of(event.article)}
