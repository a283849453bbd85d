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
from services.archive.language.question import Question

_LISTED = 20

Kind = Literal["column", "campaign", "unit"]


@dataclass(frozen=True)
class Section:
    """A column, campaign or unit; `entry` is what the registry has of it, if it has more to say
    than the name."""

    kind: Kind
    code: str
    name: str
    named: bool
    entry: Unit | Campaign | None = None

    @property
    def place(self) -> str:
        """Where it is: the same below our own pages and below the feeds."""
        return f"{self.kind}s/{self.code}"

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
    """Say what a section is called; what nobody has named goes by its code."""
    match kind:
        case "column":
            return Section(kind, code, names.column(code), code in names.columns)
        case "campaign":
            campaign = names.campaigns.get(code)
            return Section(kind, code, names.campaign(code), campaign is not None, campaign)
        case "unit":
            unit = names.units.get(code)
            return Section(kind, code, unit.name if unit else code, unit is not None, unit)


def listed(catalogue: Catalogue, section: Section, only: str | None, after: str | None) -> Listed:
    """Give a page of a section's articles, the latest first."""
    filters = Filters.model_validate({section.kind: section.code, "language": only or ""})
    found = catalogue.by_time(Question(), filters, _LISTED, after)
    return Listed([hit.article for hit in found.hits], found.next)
