"""An article as it stood at one version: the whole of it, never a difference."""

from enum import StrEnum
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from schemas.text import Code, Language, Line, Prose, Url
from schemas.times import Time


class Contract(BaseModel):
    """Immutable; a field that this release does not know is passed over, so that an older reader
    survives a newer writer."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class PubStatus(StrEnum):
    """ninjs 3.1 `pubStatus`."""

    USABLE = "usable"
    WITHHELD = "withheld"
    CANCELED = "canceled"


class Genre(StrEnum):
    """What kind of article it is."""

    NEWS = "news"
    FEATURE = "feature"
    INTERVIEW = "interview"
    STATEMENT = "statement"
    INFOGRAPHIC = "infographic"
    PHOTO = "photo"
    VIDEO = "video"
    PODCAST = "podcast"
    NOTICE = "notice"
    REBUTTAL = "rebuttal"


class MediaRole(StrEnum):
    """What a picture, sound or film is to its article."""

    MAIN = "main"
    BODY = "body"
    GALLERY = "gallery"
    THUMBNAIL = "thumbnail"


class Rendition(Contract):
    """The same picture, smaller."""

    href: Url
    width: int = Field(ge=1, description="pixels")
    height: int = Field(ge=1, description="pixels")
    content_type: str = "image/webp"
    size: int = Field(ge=0, description="bytes")


class Media(Contract):
    """A picture, sound or film that belongs to the article."""

    id: UUID | None = None
    """Ours, where ingest holds the file; without it, `href` points elsewhere."""
    href: Url
    content_type: str | None = None
    width: int | None = Field(default=None, ge=1, description="pixels")
    height: int | None = Field(default=None, ge=1, description="pixels")
    duration: float | None = Field(default=None, ge=0, description="seconds")
    size: int | None = Field(default=None, ge=0, description="bytes")
    caption: Line = ""
    credit: Line = ""
    role: MediaRole = MediaRole.BODY
    syndicate: bool = True
    """False where the rights end at our own pages: such a file is in no feed."""
    renditions: list[Rendition] = []
    """Of a picture that we hold, the narrowest first; none as wide as the picture or wider."""


class Rebuttal(Contract):
    """The press item elsewhere that an article answers."""

    outlet: Line
    title: Line
    url: Url
    stance: Literal["disputed", "accepted"]


class Retraction(Contract):
    """Why an article ended. Readers see `notice`; `reason` is for newsroom and partners."""

    reason: Prose
    notice: Prose
    at: Time


class ErasedVersion(Contract):
    """What may still be known of a version whose text had to be forgotten."""

    version: int = Field(ge=1)
    digest: str


class Erasure(Contract):
    """The record that stays after an erasure."""

    versions: list[ErasedVersion]
    reason_code: Code
    at: Time


Audience = Annotated[str, StringConstraints(pattern=r"^(public|canary|partner:[A-Za-z0-9._-]+)$")]
"""Who may see it: everybody, nobody but our own probes, or one partner."""

PUBLIC = "public"

# Partners read these, the public does not (guarantee 9); `contact` never gets this far.
_NOT_FOR_THE_PUBLIC = {"ed_note", "approved_by", "external_id", "audience"}


class Article(Contract):
    """One version of an article, as every consumer gets it."""

    id: UUID
    version: int = Field(ge=1, lt=2**31)
    pub_status: PubStatus
    audience: Audience = PUBLIC
    unit: Code
    headline: Line
    lead: Prose = ""
    body: Prose
    """Sanitised HTML."""
    language: Language = "vi"
    translation_of: UUID | None = None
    byline: list[Line] = []
    genre: Genre = Genre.NEWS
    column: Code | None = None
    campaigns: list[Code] = []
    keywords: list[Line] = []
    places: list[Line] = []
    media: list[Media] = []
    urgency: int = Field(default=5, ge=1, le=9, description="1 is the most urgent")
    embargoed_until: Time | None = None
    expires: Time | None = None
    external_id: str | None = None
    source_url: Url | None = None
    usage_terms: Prose = ""
    rebuts: Rebuttal | None = None
    replaces: UUID | None = None
    interviewee: Line | None = None
    approved_by: Line | None = None
    ed_note: Prose = ""
    correction_note: Prose = ""
    change: Literal["minor", "major"] = "major"
    published: Time
    """When the first version was released. It never changes, so a correction keeps its place."""
    updated: Time
    """When this version was released."""
    retraction: Retraction | None = None
    erased: Erasure | None = None

    @model_validator(mode="after")
    def _status_and_text_agree(self) -> Self:
        gone = self.pub_status is PubStatus.CANCELED
        if gone and not (self.retraction or self.erased):
            raise ValueError("a canceled article needs its retraction or erasure")
        if gone and (self.headline or self.lead or self.body or self.media):
            raise ValueError("a canceled article must not carry its old text")
        if not gone and not (self.headline and self.body):
            raise ValueError("an article needs a headline and a body")
        return self

    @property
    def canceled(self) -> bool:
        """Whether the text is gone: retracted or erased."""
        return self.pub_status is PubStatus.CANCELED

    @property
    def withheld(self) -> bool:
        """Whether its time is over: the text is still there, but offered to nobody."""
        return self.pub_status is PubStatus.WITHHELD

    @property
    def public(self) -> bool:
        """Whether everybody may see it."""
        return self.audience == PUBLIC

    def for_the_public(self) -> dict[str, object]:
        """Give the article as JSON values, without what only partners may read."""
        shown = self.model_dump(mode="json", exclude=_NOT_FOR_THE_PUBLIC)
        if self.retraction:
            shown["retraction"].pop("reason")
        return shown
