"""What tinbai and its partners agree on: products, and the entries of `changes`."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

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
    """Ranges: `en` is `en-GB` too, but not the other way round; case means nothing (RFC 4647,
    section 3.3.1)."""
    keywords: Annotated[list[FilledLine], Field(max_length=1000)] = []
    """Each is one of the article's `keywords`, the whole of it, folded: without case, marks and
    signs between words, so that `xuat khau` is `Xuất khẩu`. Headline and text are not searched."""
    max_urgency: int | None = Field(default=None, ge=1, le=9)
    """3 means 1 to 3: urgent ones only."""


def _form(exclude: object) -> str:
    return "list[Rules]" if isinstance(exclude, list) else "dict[Rules]"


# The tags are told apart from the document's own names where the place of a fault is told.
Exclude = Annotated[
    Annotated[Rules, Tag("dict[Rules]")]
    | Annotated[list[Rules], Field(max_length=100), Tag("list[Rules]")],
    Discriminator(_form),
]


class Product(Rules):
    """Which articles a partner gets: what its rules match, but for what `exclude` matches. An
    empty product is everything, an empty `exclude` nothing."""

    exclude: Exclude = Rules()
    """Rules like any other: `{columns: [a], genres: [photo]}` leaves out photos of column a. A
    list leaves out what any of its rules match: `[{columns: [a]}, {genres: [photo]}]`."""

    @property
    def exclusions(self) -> list[Rules]:
        """The rules of `exclude`, whether it has one or a list of them."""
        return self.exclude if isinstance(self.exclude, list) else [self.exclude]


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
    active: bool = True
    """Otherwise its keys open nothing, and nothing is pushed to it but what takes articles down.
    Its entries go on being numbered, so that it can come back without a hole."""

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
