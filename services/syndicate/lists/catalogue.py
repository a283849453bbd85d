"""Every feed by its family, as people look for them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.common.text import fold
from services.syndicate.feeds.families import TITLES, title_of

# Which families there are, in this order, in Vietnamese and in English.
_FAMILIES = {
    "": ("Chung", "General"),
    "units": ("Đơn vị", "Units"),
    "columns": ("Chuyên mục", "Columns"),
    "campaigns": ("Chuyên đề", "Campaigns"),
    "genres": ("Thể loại", "Genres"),
    "languages": ("Ngôn ngữ", "Languages"),
}
_ENGLISH = {
    "latest": "Latest",
    "urgent": "Urgent",
    "corrections": "Corrections and retractions",
    "languages/en": "English",
    "languages/vi": "Vietnamese",
}
_OURS = list(TITLES)
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Named:
    """A feed, and how people call it."""

    name: str
    title: str
    english: str = ""
    """For those that have the same name in every newsroom."""

    @property
    def order(self) -> tuple[int, str, str]:
        """Ours as we list them, all others by titles: marks don't count, and 2 is before 10."""
        ours = _OURS.index(self.name) if self.name in TITLES else len(_OURS)
        return ours, _NUMBER.sub(lambda number: number[0].zfill(9), fold(self.title)), self.name


@dataclass(frozen=True)
class Family:
    """Feeds of one kind."""

    key: str
    title: str
    english: str
    feeds: Sequence[Named]


def families(titles: Iterable[tuple[str, str | None]]) -> list[Family]:
    """Sort feeds, given with the titles that the registry has for them, into their families."""
    by_key: dict[str, list[Named]] = {key: [] for key in _FAMILIES}
    for name, registered in titles:
        key = name.rpartition("/")[0]
        by_key[key].append(Named(name, title_of(name, registered), _english(name)))
    return [
        Family(key or "general", *_FAMILIES[key], sorted(feeds, key=lambda feed: feed.order))
        for key, feeds in by_key.items()
        if feeds
    ]


def _english(name: str) -> str:
    family, _, key = name.partition("/")
    return key.capitalize() if family == "genres" else _ENGLISH.get(name, "")
