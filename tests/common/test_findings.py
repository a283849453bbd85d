"""What pydantic finds wrong is told in plain words, without what was sent."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, Field, HttpUrl, TypeAdapter, ValidationError

from schemas.text import FilledLine, Language
from services.common.findings import UNUSABLE, plain
from services.common.problems import field_errors
from services.common.translation import translated

SECRET = "0900111222"


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def found(kind: Any, value: object) -> ValidationError:
    with pytest.raises(ValidationError) as error:
        TypeAdapter(kind).validate_python(value)
    return error.value


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        (str, 7, "must be text"),
        (Annotated[str, Field(min_length=20)], SECRET, "must have at least 20 characters"),
        (Annotated[str, Field(max_length=2)], SECRET, "must have at most 2 characters"),
        (Annotated[FilledLine, Field(max_length=2)], SECRET, "must have at most 2 characters"),
        (Annotated[FilledLine, Field(min_length=20)], SECRET, "must have at least 20 characters"),
        (Annotated[str, Field(pattern="^a$")], SECRET, "is not in the form that is needed here"),
        (Language, SECRET, "must be a language tag such as vi or en"),
        (Annotated[list[str], Field(min_length=2)], [SECRET], "must have at least 2 entries"),
        (Annotated[list[str], Field(max_length=0)], [SECRET], "must have at most 0 entries"),
        (list[str], SECRET, "must be a list"),
        (dict[str, str], SECRET, "must be a group of named fields in curly brackets"),
        (int, SECRET + "x", "must be a whole number"),
        (int, 1.5, "must be a whole number"),
        (int, "9" * 5000, "must be a whole number"),
        (float, "x", "must be a number"),
        (Annotated[float, Field(allow_inf_nan=False)], "nan", "must be a number"),
        (bool, SECRET, "must be true or false"),
        (Annotated[int, Field(gt=3)], 3, "must be more than 3"),
        (Annotated[int, Field(ge=3)], 2, "must be 3 or more"),
        (Annotated[int, Field(lt=3)], 3, "must be less than 3"),
        (Annotated[int, Field(le=3)], 4, "must be 3 or less"),
        (Annotated[int, Field(multiple_of=3)], 4, UNUSABLE),
        (Colour, SECRET, "must be one of: red, blue"),
        (Literal["red", "it's", "blue"], SECRET, "must be one of: red, it's, blue"),
        (Literal["red"], SECRET, "must be one of: red"),
        (date, SECRET + "x", "must be a date such as 2026-03-02"),
        (date, "2026-03-02T08:00:00Z", "must be a date such as 2026-03-02"),
        (
            datetime,
            "08:00",
            "must be a time with an offset (RFC 3339), like 2026-03-02T08:00:00+07:00",
        ),
        (
            AwareDatetime,
            "2026-03-02T08:00:00",
            "must be a time with an offset (RFC 3339), like 2026-03-02T08:00:00+07:00",
        ),
        (UUID, SECRET, "must be an id such as 0198c0de-0000-7000-8000-000000000000"),
        (HttpUrl, SECRET, "must be an http or https address"),
        (None, SECRET, "must be left out"),
        (set[int], SECRET, "must be a list"),
        (complex, SECRET + "x", UNUSABLE),
    ],
)
def test_a_finding_is_told_in_plain_words(kind, value, sentence):
    error = found(kind, value).errors(include_url=False)[0]

    assert plain(error) == sentence
    assert translated(plain(error), "vi") != sentence
    assert SECRET not in plain(error)


def test_a_place_within_one_of_several_kinds_of_value_is_a_json_pointer():
    kind = dict[str, FilledLine | dict[str, FilledLine]]

    errors = field_errors(found(kind, {"a/b~c": {"d": ""}}).errors(include_url=False))

    assert [error.pointer for error in errors] == ["/a~1b~0c", "/a~1b~0c/d"]
