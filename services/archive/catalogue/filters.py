"""What a list can be narrowed to, and where it goes on: checked values, no index yet."""

import re
import zlib
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    TypeAdapter,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from schemas.article import Genre
from schemas.times import VIETNAM
from services.archive.catalogue.cursors import CURSOR_FORM, BadCursor, Passed, read_cursor
from services.archive.language.question import MalformedQuestion, Question, read_question
from services.common.instants import microseconds, now

_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_DATE = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_TIME: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


# Where a list by time goes on: after a place in that order. By relevance: see `cursors`.
_PLACE = r"^[0-9]{18}[0-9a-f]{32}$"


def _from(text: str) -> datetime:
    return _beginning_of_day(text) if _DATE.fullmatch(text) else _time(text)


def _until(text: str) -> datetime:
    return _beginning_of_day(text) + _DAY if _DATE.fullmatch(text) else _time(text) + _MICROSECOND


def _beginning_of_day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), VIETNAM)
    except ValueError:
        raise _no_time() from None


def _time(text: str) -> datetime:
    if not _DATE.match(text):
        # pydantic would take a bare number for seconds since 1970.
        raise _no_time()
    return _TIME.validate_python(text)


def _no_time() -> PydanticCustomError:
    return PydanticCustomError("time", "must be a day or an RFC 3339 time with an offset")


_DAY_OR_TIME = WithJsonSchema(
    {
        "type": "string",
        "pattern": r"^((19|20)\d\d-\d\d-\d\d([Tt ].+)?)?$",
        "examples": ["2026-03-02", "2026-03-02T08:00:00+07:00"],
    }
)


class Filters(BaseModel):
    """Which articles; a filter left blank is none."""

    unit: str | None = None
    column: str | None = None
    campaign: str | None = None
    genre: Genre | None = None
    language: str | None = None
    from_: Annotated[AwareDatetime | None, BeforeValidator(_from), _DAY_OR_TIME] = Field(
        default=None,
        alias="from",
        description="first published at or after: RFC 3339 with an offset, or a day in Vietnam",
    )
    to: Annotated[AwareDatetime | None, BeforeValidator(_until), _DAY_OR_TIME] = Field(
        default=None, description="first published at or before; a day counts whole"
    )

    @model_validator(mode="before")
    @classmethod
    def _leave_out_blanks(cls, given: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in given.items() if value != ""}

    def without(self, name: str) -> "Filters":
        """Give the same but for one."""
        return self.model_copy(update={name: None})


class LatestRequest(Filters):
    """A page of the latest articles."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, pattern=_PLACE)


class SuggestRequest(BaseModel):
    """What a reader has typed so far."""

    q: str = Field(default="", max_length=500)
    limit: int = Field(default=8, ge=1, le=20)


class SearchRequest(Filters):
    """A page of what a search finds."""

    q: str = Field(default="", max_length=500, description='words, "a phrase", -without')
    sort: Literal["relevance", "time"] | None = Field(
        default=None, description="by relevance where `q` has words, otherwise by time"
    )
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(
        default=None, json_schema_extra={"pattern": rf"{_PLACE}|{CURSOR_FORM}"}
    )

    @field_validator("q")
    @classmethod
    def _can_be_read(cls, q: str) -> str:
        try:
            read_question(q)
        except MalformedQuestion as malformed:
            detail = malformed.detail
            raise PydanticCustomError(
                "malformed_question",
                detail.template,
                detail.filled,
            ) from None
        return q

    @model_validator(mode="after")
    def _cursor_is_of_this_list(self) -> Self:
        if self.cursor:
            fits = re.fullmatch(_PLACE, self.cursor) if self.by_time else self._passed()
            if not fits:
                raise PydanticCustomError("cursor", "this cursor comes from another list")
        return self

    @property
    def question(self) -> Question:
        """What `q` asks for."""
        return read_question(self.q)

    @property
    def by_time(self) -> bool:
        """Whether the latest come first, not the best."""
        return self.sort == "time" or (self.sort is None and not self.question.wanted)

    @property
    def passed(self) -> Passed:
        """What was shown on earlier pages of a list by relevance."""
        passed = self._passed() if self.cursor else None
        return passed or Passed(as_of=microseconds(now()), of=self._list)

    def _passed(self) -> Passed | None:
        try:
            passed = read_cursor(self.cursor or "")
        except BadCursor:
            return None
        return passed if passed.of == self._list else None

    @property
    def _list(self) -> int:
        """Tell lists by relevance apart, by what they were asked for."""
        asked = self.model_dump_json(exclude={"cursor", "limit", "sort"})
        return zlib.crc32(asked.encode())
