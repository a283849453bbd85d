"""What tinbai and its partners agree on: products, and the entries of `changes`."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.article import Genre
from schemas.text import Code, FilledLine, Language


class Agreed(BaseModel):
    """Immutable, and as strict as a contract: a field that isn't known may be one that was
    misspelt, and would let through what must not get out."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


Codes = Annotated[list[Code], Field(max_length=1000)]


class Rules(Agreed):
    """Fields are joined by AND, values within a field by OR; an empty field says nothing."""

    units: Codes = []
    """Each with its successors."""
    columns: Codes = []
    campaigns: Codes = []
    genres: list[Genre] = []
    languages: Annotated[list[Language], Field(max_length=100)] = []
    keywords: Annotated[list[FilledLine], Field(max_length=1000)] = []
    """Matched folded: without case and marks."""
    max_urgency: int | None = Field(default=None, ge=1, le=9)
    """3 means 1 to 3: urgent ones only."""


class Product(Rules):
    """Which articles a partner gets: what its rules match, but for what `exclude` matches. An
    empty product is everything, an empty `exclude` nothing."""

    exclude: Rules = Rules()


class Format(StrEnum):
    """How an article is written down for a partner."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"
    NINJS = "ninjs"
    NEWSML = "newsml"


class Partner(Agreed):
    """An outlet that consumes."""

    code: Code
    name: Annotated[FilledLine, Field(max_length=300)]
    product: Product = Product()
    formats: list[Format] = []
    """Those of its contract; empty means all."""
    ack_deadline: int = Field(default=86_400, ge=1, le=31_536_000)
    """Seconds within which it has to say that it took a retracted article down."""

    def takes(self, format_: Format) -> bool:
        """Whether its contract has this format."""
        return not self.formats or format_ in self.formats


class Kind(StrEnum):
    """What an entry tells a partner to do: put up, change, or take down. `removed`: the product no
    longer includes it."""

    PUBLISHED = "published"
    CORRECTED = "corrected"
    RETRACTED = "retracted"
    REMOVED = "removed"

    @property
    def stands(self) -> bool:
        """Whether the partner has the article in its pages after this."""
        return self in (Kind.PUBLISHED, Kind.CORRECTED)


class Entry(Agreed):
    """An entry of `changes`, and the body of a webhook in JSON."""

    seq: int = Field(ge=1)
    """Gapless for each partner."""
    id: UUID
    version: int = Field(ge=1)
    kind: Kind
    reason: str = ""
    digest: str
    """SHA-256, in hex, of the article as partners get it, in canonical JSON (RFC 8785)."""
    article: dict[str, Any] | None = None
    """Nothing for `removed`, and where a newer entry has taken the place of this one."""
    superseded: int | None = None
    """The seq of that newer one."""
    replay: bool = False
    """Whether it was told before."""
