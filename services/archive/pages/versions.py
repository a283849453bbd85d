"""What the pages about an article in time show: its versions, and how it was."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.article import Article
from services.archive.articles.differences import Differences, differences

_FIRST = 30
"""Versions on a page: few articles have as many, and each is compared with the one before."""


@dataclass(frozen=True)
class Change:
    """A field that is no text: its values, where they can be read as such."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Version:
    """A version in the list of all."""

    article: Article
    differences: Differences | None

    @property
    def changes(self) -> list[Change]:
        """The fields that changed beside the texts."""
        fields = self.differences.fields if self.differences else []
        return [Change(each.field, _told(each.before), _told(each.after)) for each in fields]


@dataclass(frozen=True)
class Versions:
    """Versions of an article, the newest first; `older` is where the list goes on."""

    items: Sequence[Version]
    older: int | None


def versions_of(history: Sequence[Article], before: int | None) -> Versions:
    """Choose the versions of a page from all, the newest first: those before a version, if any."""
    wanted = [each for each in history if before is None or each.version < before]
    following: list[Article | None] = [*wanted[1:], None]
    items = [
        Version(after, differences(earlier, after) if earlier else None)
        for after, earlier in zip(wanted[:_FIRST], following, strict=False)
    ]
    return Versions(items, items[-1].article.version if len(wanted) > _FIRST else None)


def as_it_was(stood: Article, now: Article) -> Article:
    """Give an earlier version with only those of our files that are still served."""
    served = {media.id for media in now.media}
    kept = [media for media in stood.media if media.id is None or media.id in served]
    return stood.model_copy(update={"media": kept})


def _told(value: object) -> str | None:
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return None
