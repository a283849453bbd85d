"""The registry: units, columns and campaigns, which articles name by their codes."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.article import Contract
from schemas.text import Code, FilledLine, Language, Line, Url

Name = Annotated[FilledLine, Field(max_length=300)]

MEDIA_TOPIC_FORM = r"^medtop:\d{8}$"


class Unit(Contract):
    """An office that submits. Its code never changes; its names do."""

    code: Code
    name: Name
    short_name: Annotated[Line, Field(max_length=300)] = ""
    aliases: Annotated[list[Name], Field(max_length=100)] = []
    succeeds: Annotated[list[Code], Field(max_length=100)] = []
    site: Url | None = None
    feed_url: Url | None = None
    languages: Annotated[list[Language], Field(max_length=100)] = ["vi"]
    trusted: bool = True
    """Published at once; otherwise its articles wait for the newsroom."""
    active: bool = True


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
