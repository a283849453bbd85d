"""Points in time as contracts carry them: RFC 3339 with an offset, kept in UTC."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

from schemas.text import Form

_FORM = re.compile(
    r"(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,30}))?([Zz]|[+-]\d{2}:\d{2})"
)
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)

# Asia/Ho_Chi_Minh: no summer time since long before the first article, so no time zone data either.
VIETNAM = timezone(timedelta(hours=7), "GMT+7")


def parse(text: object) -> datetime:
    """Read an RFC 3339 time; anything finer than a microsecond is rounded up, so that an embargo
    never ends early. Numbers, which others read as seconds since 1970, are no times."""
    if isinstance(text, datetime):
        return _in_range(text)
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise PydanticCustomError(
            "time", "must be a time with an offset (RFC 3339), like 2026-03-02T08:00:00+07:00"
        )
    seconds, fraction, offset = found[1], found[2] or "", found[3]
    try:
        at = datetime.fromisoformat(f"{seconds}{offset.upper().replace('Z', '+00:00')}")
    except ValueError:
        raise PydanticCustomError(
            "time", "there is no such time: look at the day, the hour and the offset"
        ) from None
    microseconds = -(-int(fraction or 0) * 10**6 // 10 ** len(fraction))
    try:
        return _in_range(at + timedelta(microseconds=microseconds))
    except OverflowError:
        raise _out_of_range() from None


def _in_range(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise PydanticCustomError("time", "must have an offset")
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        raise _out_of_range() from None
    if at < _FIRST:
        raise _out_of_range()
    return at


def _out_of_range() -> PydanticCustomError:
    return PydanticCustomError("time", "must be between the years 1970 and 9999, in UTC")


# For JSON Schema, which has no years: not the whole form, its `date-time` says the rest.
_SHOWN = Form(r"^(19[7-9]\d|[2-9]\d{3})-\d{2}-\d{2}[Tt ].*([Zz]|[+-]\d{2}:\d{2})$")

Time = Annotated[AwareDatetime, BeforeValidator(parse), _SHOWN]


def day_in_vietnam(at: datetime) -> date:
    """Tell which day it is then, where the registry's days begin and end."""
    return at.astimezone(VIETNAM).date()
