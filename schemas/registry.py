"""The registry: units, columns and campaigns, which articles name by their codes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.article import Contract
from schemas.text import Code, FilledLine, Language, Line, Url
from schemas.times import day_in_vietnam

Name = Annotated[FilledLine, Field(max_length=300)]
MEDIA_TOPIC_FORM = r"^medtop:\d{8}$"
ShortName = Annotated[Line, Field(max_length=300)]
MOST_NAMES = 100


class UnitName(Contract):
    """What a unit is called from a day on, until the next one of its names begins."""

    name: Name
    short_name: ShortName = ""
    from_: date | None = Field(default=None, alias="from")
    """A day in Vietnam; only the first name may be without one: it holds from the beginning."""


class Unit(Contract):
    """An office that submits. Its code never changes; its names do."""

    code: Code
    name: Name
    """The present one."""
    short_name: ShortName = ""
    names: Annotated[tuple[UnitName, ...], Field(max_length=MOST_NAMES)] = ()
    """All of its names, the oldest first and the present one last; none if it never had another."""
    aliases: Annotated[list[Name], Field(max_length=100)] = []
    succeeds: Annotated[list[Code], Field(max_length=100)] = []
    """The units whose work it has taken over: what they published is found under it too."""
    site: Url | None = None
    feed_url: Url | None = None
    languages: Annotated[list[Language], Field(max_length=100)] = ["vi"]
    trusted: bool = True
    """Published at once; otherwise its articles wait for the newsroom."""
    active: bool = True

    def name_at(self, at: datetime) -> str:
        """Tell what it was called then; before its first name, that one."""
        day = day_in_vietnam(at)
        held = [each for each in self.names if each.from_ is None or each.from_ <= day]
        if held:
            return held[-1].name
        return self.names[0].name if self.names else self.name

    def all_names(self) -> set[str]:
        """Give every name that people may know it by: long, short, former, and aliases."""
        names = {self.name, self.short_name, *self.aliases}
        names.update(name for each in self.names for name in (each.name, each.short_name))
        return names - {""}


def stands_for(code: str, units: Mapping[str, Unit]) -> frozenset[str]:
    """Give the codes whose articles belong to a unit: its own, and those of all units that it
    succeeds, or that these succeeded. A unit that `units` does not hold stands for itself."""
    found: set[str] = set()
    waiting = [code]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += units[each].succeeds if each in units else ()
    return frozenset(found)


class Column(Contract):
    """A standing section of the paper (chuyên mục)."""

    slug: Code
    name: Name
    media_topic: str | None = Field(default=None, pattern=MEDIA_TOPIC_FORM)
    """IPTC Media Topic, for example `medtop:04000000`."""


class Campaign(Contract):
    """A planned series (chuyên đề) with dates and the units expected to write for it."""

    slug: Code
    name: Name
    from_: date | None = Field(default=None, alias="from")
    to: date | None = None
    expected_units: Annotated[list[Code], Field(max_length=1000)] = []

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.from_ and self.to and self.to < self.from_:
            raise PydanticCustomError("dates", "`to` must not be before `from`")
        return self
