"""What answers look like: for the documentation, and for tests that hold them to it.

Most are made as plain values (`views.py` and others): where many are made, models would cost.
"""

from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from schemas.article import PUBLIC, Audience, Erasure
from schemas.text import Code
from schemas.times import Time
from services.common.openapi import Answers, header
from services.ingest.lifecycle import Decision, Status
from services.ingest.submission import Change, GivenRetraction

Item = TypeVar("Item")

# PostgreSQL can't be asked for text with a zero in it.
Cursor = Annotated[str, Query(max_length=300, pattern=r"^[^\x00]*$")]

ETAG = {"ETag": header('`"VERSION"`')}
LOCATION = {"Location": header("Where it is")}


def _link(method: str, path: str) -> dict[str, Any]:
    """Say that `id` is what this call takes."""
    place = path.replace("/", "~1")
    return {
        "operationRef": f"#/paths/{place}/{method}",
        "parameters": {"article": "$response.body#/id"},
    }


_OF_ARTICLE = "/v1/articles/{article}"
LINKS = {
    "read": _link("get", _OF_ARTICLE),
    "change": _link("put", _OF_ARTICLE),
    "retract": _link("post", f"{_OF_ARTICLE}/retraction"),
    "versions": _link("get", f"{_OF_ARTICLE}/versions"),
    "timeline": _link("get", f"{_OF_ARTICLE}/timeline"),
    "review": _link("post", "/v1/admin/articles/{article}/review"),
    "erase": _link("post", "/v1/admin/articles/{article}/erasure"),
}
"""Where an article's `id` leads, for tools that read the documentation."""

STORED: Answers = {
    201: {"description": "Stored", "headers": LOCATION | ETAG, "links": LINKS},
}
MADE: Answers = {201: {"description": "Made", "headers": LOCATION}}
AS_BEFORE: Answers = {200: {"description": "It was handed in before", "headers": LOCATION | ETAG}}
TAGGED: Answers = {200: {"description": "As it stands", "headers": ETAG}}


class Page(BaseModel, Generic[Item]):
    """A part of a list; `next` is the `cursor` of the part that follows."""

    items: list[Item]
    next: str | None


class Hint(BaseModel):
    """What a unit may want to look at, though its article was accepted."""

    pointer: str
    detail: str
    article: UUID | None = None
    """The one that tells much the same."""


class Similar(BaseModel):
    """An article that tells much the same, for the newsroom."""

    id: UUID
    unit: Code
    headline: str
    score: float


class Review(BaseModel):
    """The newsroom's last decision."""

    decision: Decision
    note: str
    at: Time
    version: int


class Summary(BaseModel):
    """How an article stands."""

    audience: Audience = PUBLIC
    """Only where that is not everybody."""
    id: UUID
    version: int = Field(ge=1)
    status: Status
    unit: Code
    headline: str
    external_id: str | None
    embargoed_until: Time | None
    expires: Time | None
    published: Time | None
    released_version: int | None
    received: Time
    updated: Time
    url: str
    hints: list[Hint]


class Listed(Summary):
    """One of a list; who reviews is shown what is alike."""

    similar: list[Similar] | None = None


class Article(Listed, Change):
    """An article as it was handed in, and how it stands."""

    headline: str
    external_id: str | None
    embargoed_until: Time | None
    expires: Time | None
    review: Review | None


class RetractedArticle(Summary):
    """An article that was taken back."""

    retraction: GivenRetraction
    review: Review | None


class ErasedArticle(Summary):
    """What stays of an article after its erasure."""

    erased: Erasure
    review: Review | None = None


class Passage(BaseModel):
    """What was removed and added, between the words around it."""

    before: str
    removed: str
    added: str
    after: str


class Difference(BaseModel):
    """A field that differs: a short one with both values, text with its passages."""

    field: str
    before: Any = None
    after: Any = None
    passages: list[Passage] | None = None
    detail: str | None = None


class Version(BaseModel):
    """A version, and what it changed; one that ended its article has no text to compare."""

    version: int
    status: Status
    received: Time
    released: Time | None
    by: str
    change: Literal["minor", "major"] | None = None
    correction_note: str | None = None
    changes: list[Difference] | None = None


class WholeVersion(BaseModel):
    """A version as it was handed in."""

    version: int
    status: Status
    received: Time
    released: Time | None
    by: str
    submission: dict[str, Any]
