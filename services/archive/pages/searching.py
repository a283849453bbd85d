"""The search page: hits, and links that narrow, widen, sort and go on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.article import Article
from services.archive.catalogue.filters import SearchRequest
from services.archive.catalogue.registry import Names
from services.archive.catalogue.views import HitView, Views
from services.archive.pages.edition import Edition
from services.archive.parts import Parts
from services.common.problems import FieldError, field_errors

_VALUES = 8  # shown of a facet
_ASKED = ("q", "unit", "column", "campaign", "genre", "language", "from", "to", "sort", "cursor")


@dataclass(frozen=True)
class Choice:
    """A value that the list is, or can be, narrowed to; `href` changes that."""

    label: str
    count: int
    href: str
    chosen: bool


@dataclass(frozen=True)
class Asked:
    """What the address of a search page asks for."""

    given: Mapping[str, str]
    """Parameters that are not blank, as they were sent."""
    request: SearchRequest | None
    """None where they can't be understood."""
    faults: tuple[FieldError, ...] = ()


def read_asked(parameters: Mapping[str, str]) -> Asked:
    """Read a search page's parameters; others are passed over."""
    given = {name: parameters[name] for name in _ASKED if parameters.get(name, "").strip()}
    try:
        return Asked(given, SearchRequest.model_validate(given))
    except ValidationError as error:
        return Asked(given, None, tuple(field_errors(_of_query(error.errors()))))


def _of_query(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    return [{**each, "loc": ("query", *each["loc"])} for each in errors]


@dataclass(frozen=True)
class Links:
    """Makes addresses of the search page, from one that was asked for."""

    edition: Edition
    given: Mapping[str, str]

    def changed(self, **changes: str | None) -> str:
        """Give the same search with parameters changed, or left out; from its first page on."""
        wanted = {**self.given, "cursor": None, **changes}
        query = urlencode({name: value for name, value in wanted.items() if value})
        return f"{self.edition.prefix}/search" + (f"?{query}" if query else "")

    def choices(
        self, facets: Mapping[str, Mapping[str, int]], names: Names
    ) -> Iterator[tuple[str, list[Choice]]]:
        """Give the values of each facet by which the list can be narrowed, or was: those that
        most have, and the chosen one."""
        for facet, counts in facets.items():
            chosen = self.given.get(facet)
            found = [
                Choice(
                    self._label(facet, value, names),
                    count,
                    self.changed(**{facet: None if value == chosen else value}),
                    value == chosen,
                )
                for place, (value, count) in enumerate(counts.items())
                if place < _VALUES or value == chosen
            ]
            if chosen or len(found) > 1:
                yield facet, found

    def _label(self, facet: str, value: str, names: Names) -> str:
        match facet:
            case "unit":
                return names.units[value].name if value in names.units else value
            case "column":
                return names.column(value)
            case "campaign":
                return names.campaign(value)
            case "genre":
                return str(self.edition.words["genres"].get(value, value))
            case _:
                return self.edition.language_name(value)


@dataclass(frozen=True)
class SearchPage:
    """What the search page shows."""

    asked: Asked
    links: Links
    hits: Sequence[HitView] = ()
    articles: Mapping[UUID, Article] = field(default_factory=dict)
    """The articles of the hits."""
    choices: Sequence[tuple[str, list[Choice]]] = ()
    next: str | None = None
    """The address of the next page."""
    meant: str | None = None
    """A question that finds much more."""

    @property
    def question(self) -> str:
        """What was typed."""
        return self.asked.given.get("q", "")

    @property
    def by_time(self) -> bool:
        """Whether the latest come first."""
        return self.asked.request is not None and self.asked.request.by_time


def answer(asked: Asked, parts: Parts, edition: Edition) -> SearchPage:
    """Search for what was asked; nothing is found where it can't be understood."""
    links = Links(edition, asked.given)
    request = asked.request
    if request is None:
        return SearchPage(asked, links)
    given = parts.search.find(request)
    names = parts.registry.names
    return SearchPage(
        asked,
        links,
        hits=Views(parts.site, names).hits(given.found, given.phrases),
        articles={hit.article.id: hit.article for hit in given.found.hits},
        choices=list(links.choices(given.facets, names)),
        next=links.changed(cursor=given.next) if given.next else None,
        meant=given.did_you_mean,
    )
