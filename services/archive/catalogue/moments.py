"""A time that is asked for: `?at=`."""

import re
from typing import Annotated

from fastapi import Query
from pydantic import BeforeValidator

from schemas.times import Time

_PLUS_LOST = re.compile(r" (\d\d:\d\d)$")


def _with_plus(given: object) -> object:
    """Put back the plus of an offset, which stands for a space where nobody encoded it; no time
    ends in a space and an hour otherwise, but for one without an offset."""
    return _PLUS_LOST.sub(r"+\1", given) if isinstance(given, str) and "T" in given else given


At = Annotated[
    Annotated[Time, BeforeValidator(_with_plus)] | None,
    Query(description="what readers could see at this time: RFC 3339 with an offset"),
]
