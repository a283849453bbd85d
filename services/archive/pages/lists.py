"""The pages that list articles: of a column, a campaign or a unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from schemas.article import Article
from schemas.registry import Campaign, Unit
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.filters import Filters
from services.archive.catalogue.registry import Names
from services.archive.language.numbers import as_number
from services.archive.language.question import Question

_LISTED = 20

Kind = Literal["column", "campaign", "unit", "document"]


@dataclass(frozen=True)
class Section:
    """What a list is of: a column, campaign or unit, or an official document that articles name.
    `entry` is what the registry has of it, if it has more to say than the name."""

    kind: Kind
    code: str
    name: str
    named: bool
    entry: Unit | Campaign | None = None
    successors: Sequence[Unit] = ()
    """The units that took over a unit's work."""

    @property
    def place(self) -> str:
        """Where it is: the same below our own pages and below the feeds."""
        return f"{self.kind}s/{self.code}"

    @property
    def has_feed(self) -> bool:
        """Whether there is a feed of it."""
        return self.kind != "document"

    @property
    def former_names(self) -> list[tuple[str, date]]:
        """What a unit was called before, the newest first, and until which day."""
        names = self.entry.names if isinstance(self.entry, Unit) else ()
        return [
            (before.name, name.from_ - timedelta(days=1))
            for before, name in reversed([*pairwise(names)])
            if name.from_
        ]


@dataclass(frozen=True)
class Listed:
    """A page of a section's list."""

    articles: Sequence[Article]
    next: str | None


def section_of(kind: Kind, code: str, names: Names) -> Section:
    """Say what a section is called; what nobody has named goes by its code. Raises ValueError where
    `code` is none of a document."""
    match kind:
        case "column":
            return Section(kind, code, names.column(code), code in names.columns)
        case "campaign":
            campaign = names.campaigns.get(code)
            return Section(kind, code, names.campaign(code), campaign is not None, campaign)
        case "document":
            return Section(kind, code, as_number(code), named=False)
        case "unit":
            unit = names.units.get(code)
            name = unit.name if unit else code
            successors = [each for each in names.units.values() if code in each.succeeds]
            return Section(kind, code, name, unit is not None, unit, successors)


def listed(catalogue: Catalogue, section: Section, only: str | None, after: str | None) -> Listed:
    """Give a page of a section's articles, the latest first."""
    filters = Filters(language=only)
    if section.kind == "document":
        found = catalogue.citing(section.code, filters, _LISTED, after)
    else:
        narrowed = filters.model_copy(update={section.kind: section.code})
        found = catalogue.by_time(Question(), narrowed, _LISTED, after)
    return Listed([hit.article for hit in found.hits], found.next)
