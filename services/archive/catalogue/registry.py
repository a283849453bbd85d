"""The names of units, columns and campaigns, as the index keeps them."""

import asyncio
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from schemas.article import Article
from schemas.events import (
    REGISTRY_EVENT,
    CampaignChanged,
    ColumnChanged,
    RegistryEvent,
    UnitChanged,
)
from schemas.registry import Campaign, Unit, stands_for
from services.archive.catalogue.brief import Brief
from services.archive.engine.contract import Engine, EngineFailed
from services.archive.language.naming import Words, shortest, ways_to_write
from services.archive.language.terms import pairs
from services.common.text import folded_words

_LOOK_EVERY = 1.0  # seconds
_MOST_NAMES = 64  # of the units that one question names: each is a phrase to look for
_KEY = re.compile(rb"(unit|column|campaign):[\w.-]+")


@dataclass(frozen=True)
class Name:
    """One of the names of a unit; `terms` are its pairs of words, or the one word that it is."""

    text: str
    terms: Sequence[str]


@dataclass(frozen=True)
class Names:
    """Units, the names of columns, and campaigns, by code; what nobody has named yet goes by its
    code."""

    units: Mapping[str, Unit] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)

    def unit_of(self, article: Article | Brief) -> str:
        """Name an article's unit as it was called when the article was published."""
        unit = self.units.get(article.unit)
        return unit.name_at(article.published) if unit else article.unit

    def column(self, slug: str) -> str:
        """Name a column."""
        return self.columns.get(slug, slug)

    def campaign(self, slug: str) -> str:
        """Name a campaign."""
        campaign = self.campaigns.get(slug)
        return campaign.name if campaign else slug

    def stands_for(self, code: str) -> frozenset[str]:
        """Give the codes whose articles a unit's list holds: its own, and its predecessors'."""
        return stands_for(code, self.units)

    def called(self, words: Words) -> frozenset[str]:
        """Give the codes of the units that folded `words` name, with their predecessors; a unit is
        known by every name that it ever had, long or short, by its aliases, and by all ways to
        write them."""
        return self._by_name.get(words, frozenset())

    @cached_property
    def most_words(self) -> int:
        """How many words the longest name of a unit has."""
        return max(map(len, self._by_name), default=0)

    def names_of(self, codes: Iterable[str]) -> list[Words]:
        """Give what texts call these units, in folded words: the shortest names, which stand in the
        longer ones too."""
        units = [self.units[code] for code in codes if code in self.units]
        names = {way for unit in units for name in unit.all_names() for way in ways_to_write(name)}
        return shortest(names)[:_MOST_NAMES]

    def named_in(self, terms: Collection[str]) -> list[tuple[list[Name], list[Name]]]:
        """Find the units that a text with these terms names: by which names, and which others they
        have or had. A unit and its predecessors are one."""
        found = []
        for names in self._together:
            used = [name for name in names if all(term in terms for term in name.terms)]
            if used:
                found.append((used, [name for name in names if name not in used]))
        return found

    def counted(self, counts: Mapping[str, int], most: int) -> dict[str, int]:
        """Count articles for each unit as its list would show them, the largest `most`."""
        sums = Counter(
            {
                code: sum(counts.get(each, 0) for each in self.stands_for(code))
                for code in counts.keys() | self.units.keys()
            }
        )
        return {code: count for code, count in sums.most_common(most) if count}

    @cached_property
    def _by_name(self) -> Mapping[Words, frozenset[str]]:
        found: dict[Words, frozenset[str]] = {}
        for code, unit in self.units.items():
            codes = self.stands_for(code)
            for way in {way for name in unit.all_names() for way in ways_to_write(name)}:
                found[way] = found.get(way, frozenset()) | codes
        return found

    @cached_property
    def _together(self) -> Sequence[Sequence[Name]]:
        """All names of each unit and its predecessors; none where there is but one."""
        groups = {
            frozenset(
                name
                for each in self.stands_for(code)
                if each in self.units
                for name in self.units[each].all_names()
            )
            for code in self.units
        }
        named = ([_name(text) for text in sorted(group)] for group in sorted(groups, key=sorted))
        return [names for names in named if len(names) > 1]


def _name(text: str) -> Name:
    words = folded_words(text)
    return Name(text, pairs(words) or words)


class Registry:
    """Holds the names that the index keeps, so that they are there without Kafka too."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stored: frozenset[bytes] = frozenset()
        self.names = Names()
        # An engine that is away now has its names read by `keep_up`.
        with suppress(EngineFailed):
            self.reload()

    def reload(self) -> None:
        """Read the names anew. Raises EngineFailed."""
        stored = frozenset(self._engine.view().registry())
        if stored != self._stored:
            self.names = _names([REGISTRY_EVENT.validate_json(each) for each in stored])
            self._stored = stored

    async def keep_up(self) -> None:
        """Read them again and again, for others write them too; run until cancelled."""
        while True:
            # Whether the engine answers is told elsewhere.
            with suppress(EngineFailed):
                await asyncio.to_thread(self.reload)
            await asyncio.sleep(_LOOK_EVERY)


def registry_key(key: bytes | None) -> str | None:
    """Read the key of a record that was removed; None for one that is no registry key."""
    return key.decode() if key and _KEY.fullmatch(key) else None


def _names(events: list[RegistryEvent]) -> Names:
    return Names(
        units={e.unit.code: e.unit for e in events if isinstance(e, UnitChanged)},
        columns={e.column.slug: e.column.name for e in events if isinstance(e, ColumnChanged)},
        campaigns={e.campaign.slug: e.campaign for e in events if isinstance(e, CampaignChanged)},
    )
