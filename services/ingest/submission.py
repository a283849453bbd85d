"""What a unit may hand in. Pure: a submission in, a draft or a problem out."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.article import Genre, MediaRole, Rebuttal
from schemas.text import Code, FilledLine, FilledProse, Language, Line, Prose, Url
from schemas.times import Time
from services.common.given import Given, refused
from services.common.problems import FieldError
from services.common.said import said
from services.ingest.text.body import BodyFormat, CleanBody, clean_body

MAX_BYTES = 512 * 1024


class GivenMedia(Given):
    """A file that was uploaded before (`id`), or that stands elsewhere (`href`)."""

    id: UUID | None = None
    href: Url | None = None
    caption: Line = ""
    credit: Line = ""
    role: MediaRole = MediaRole.BODY
    syndicate: bool = True

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.id is None) == (self.href is None):
            raise PydanticCustomError("one_of", "give either `id` or `href`")
        return self


class GivenRebuttal(Rebuttal):
    """The press item elsewhere that the article answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Submission(Given):
    """An article as a unit hands it in."""

    headline: Annotated[FilledLine, Field(max_length=500)]
    lead: Annotated[Prose, Field(max_length=10_000)] = ""
    body: Prose
    body_format: BodyFormat = "html"
    language: Language = "vi"
    translation_of: UUID | None = None
    byline: Annotated[list[FilledLine], Field(max_length=50)] = []
    genre: Genre = Genre.NEWS
    column: Code | None = None
    campaigns: Annotated[list[Code], Field(max_length=50)] = []
    keywords: Annotated[list[FilledLine], Field(max_length=100)] = []
    places: Annotated[list[FilledLine], Field(max_length=100)] = []
    media: Annotated[list[GivenMedia], Field(max_length=200)] = []
    urgency: Annotated[int, Field(ge=1, le=9)] = 5
    embargoed_until: Time | None = None
    expires: Time | None = None
    external_id: Annotated[FilledLine, Field(max_length=300)] | None = None
    source_url: Url | None = None
    usage_terms: Prose = ""
    rebuts: GivenRebuttal | None = None
    replaces: UUID | None = None
    interviewee: Line | None = None
    approved_by: Line | None = None
    contact: Prose | dict[str, Prose] | None = None
    ed_note: Prose = ""


class Change(Submission):
    """A whole new version of an article."""

    correction_note: Prose = ""
    change: Literal["minor", "major"] = "major"


class GivenRetraction(Given):
    """Why an article ends: `reason` for newsroom and partners, `notice` for readers."""

    reason: Annotated[FilledProse, Field(max_length=5000)]
    notice: Annotated[FilledProse, Field(max_length=5000)]


class GivenReview(Given):
    """What the newsroom decides of a version that waits; the unit reads the note."""

    decision: Literal["accept", "return", "reject"]
    note: Annotated[Prose, Field(max_length=5000)] = ""

    @model_validator(mode="after")
    def _tells_the_unit_why(self) -> Self:
        if self.decision != "accept" and not self.note.strip():
            raise PydanticCustomError("note", "tell the unit why, in `note`")
        return self


@dataclass(frozen=True)
class Draft:
    """A submission found good, its body cleaned; `digest` tells same content from other."""

    submission: Submission
    body: CleanBody
    digest: str
    signature: bytes | None = None
    """Of its text, for likening it with others (`likeness.py`); None if that is done later."""


_NEEDED_BY_GENRE = {
    Genre.STATEMENT: "approved_by",
    Genre.INTERVIEW: "interviewee",
    Genre.REBUTTAL: "rebuts",
}


def draft(submission: Submission) -> Draft:
    """Check what goes across fields, and clean the body. Raises Problem."""
    errors = []
    needed = _NEEDED_BY_GENRE.get(submission.genre)
    if needed and not getattr(submission, needed):
        errors.append(
            FieldError(
                f"/{needed}",
                said("an article of genre {genre} needs it", genre=submission.genre.value),
                "missing",
            )
        )
    if _is_over_before_it_begins(submission):
        errors.append(
            FieldError("/expires", said("must be later than `embargoed_until`"), "expires")
        )
    body = clean_body(submission.body, submission.body_format)
    if body.error:
        errors.append(FieldError("/body", body.error, "body"))
    if errors:
        raise refused(errors)
    content = submission.model_dump_json(
        exclude_defaults=True, exclude={"correction_note", "change"}
    )
    return Draft(submission, body, hashlib.sha256(content.encode()).hexdigest())


def _is_over_before_it_begins(submission: Submission) -> bool:
    """Whether the article would be over before it is out."""
    begin, end = submission.embargoed_until, submission.expires
    return begin is not None and end is not None and end <= begin
