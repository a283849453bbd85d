"""What goes to tinbai and what comes back, typed. Fields that later releases add pass through."""

from dataclasses import dataclass
from typing import Literal, NotRequired, Required, TypedDict

Id = str


class GivenMedia(TypedDict, total=False):
    """A file that was uploaded (`id`), or that stands elsewhere (`href`)."""

    id: Id | None
    href: str | None
    caption: str
    credit: str
    role: Literal["main", "body", "gallery", "thumbnail"]
    syndicate: bool


class Rebuttal(TypedDict):
    """The press item elsewhere that an article answers."""

    outlet: str
    title: str
    url: str
    stance: Literal["disputed", "accepted"]


class Content(TypedDict, total=False):
    """What an article may have. Times are RFC 3339, with an offset."""

    lead: str
    body_format: Literal["html", "text", "markdown"]
    language: str
    translation_of: Id | None
    byline: list[str]
    genre: str
    column: str | None
    campaigns: list[str]
    keywords: list[str]
    places: list[str]
    media: list[GivenMedia]
    urgency: int
    expires: str | None
    source_url: str | None
    usage_terms: str
    rebuts: Rebuttal | None
    replaces: Id | None
    interviewee: str | None
    approved_by: str | None
    contact: str | dict[str, str] | None
    ed_note: str


class Submission(Content, total=False):
    """An article as it is handed in."""

    headline: Required[str]
    body: Required[str]
    embargoed_until: str | None
    external_id: str | None


class Change(Submission, total=False):
    """A whole new version; once published, readers are told what was corrected."""

    correction_note: str
    change: Literal["minor", "major"]


class Fault(TypedDict):
    """What is wrong with one field; `pointer` is a JSON pointer."""

    pointer: str
    detail: str
    code: str


class Hint(TypedDict):
    """Something to look at in an article that was taken."""

    pointer: str
    detail: str


class Article(TypedDict):
    """How an article stands."""

    id: Id
    version: int
    status: str
    unit: str
    headline: str
    external_id: str | None
    embargoed_until: str | None
    published: str | None
    received: str
    updated: str
    url: str
    hints: list[Hint]


class WholeArticle(Article, Content):
    """How an article stands, with what was handed in; once it has ended, why instead."""

    body: NotRequired[str]
    correction_note: NotRequired[str]
    change: NotRequired[str]
    retraction: NotRequired[dict[str, str]]


class Media(TypedDict):
    """A file that was uploaded; name it by `id` in an article's `media`."""

    id: Id
    href: str
    content_type: str
    width: int | None
    height: int | None
    duration: float | None
    size: int


class Event(TypedDict):
    """A step on an article's way; some have more to tell than this."""

    at: str
    service: str
    event: str


@dataclass(frozen=True)
class Result:
    """What became of one article of many; `code` is as HTTP has it."""

    line: int
    """The number of the article, from 1."""
    code: int
    id: Id | None = None
    version: int | None = None
    status: str | None = None
    detail: str = ""
    """Why it was refused, in a sentence."""
    errors: tuple[Fault, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether it is stored for good."""
        return 200 <= self.code < 300
