"""What is handed in as JSON, and how it is read: strictly, with a pointer for each fault. Pure."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.text import FORBIDDEN
from services.common.problems import MOST_FAULTS, FieldError, Problem, field_errors
from services.common.said import Said, said

M_ = TypeVar("M_", bound=BaseModel)

# Where pydantic's JSON reader gave up.
_PLACE = re.compile(r"at line (\d+) column (\d+)")


class Given(BaseModel):
    """Something handed in: unknown fields are refused, types are not guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def read(raw: bytes, model: type[M_]) -> M_:
    """Read JSON strictly. Raises Problem: 400 where it is no JSON, 422 with a pointer a fault."""
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        if surrogates := list(islice(_lone_surrogates(raw), MOST_FAULTS)):
            raise refused(surrogates)
        raise Problem("bad-request", _no_json(found[0]["msg"]))
    raise refused(field_errors(found))


def refused(errors: list[FieldError]) -> Problem:
    """Tell all that is wrong at once."""
    return Problem("invalid", errors=errors)


def _no_json(fault: str) -> Said:
    if place := _PLACE.search(fault):
        line, column = place.groups()
        return said(
            "The body is not JSON: look at line {line}, character {column}.",
            line=line,
            column=column,
        )
    return said("The body is not JSON.")


def _lone_surrogates(raw: bytes) -> Iterator[FieldError]:
    """Find the fields whose text holds half a character, which strict JSON readers only call
    malformed."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return
    if not isinstance(document, dict):
        return
    for name, value in document.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if found := FORBIDDEN.search(text):
            detail = said("holds U+{code}, half of a character", code=f"{ord(found[0]):04X}")
            yield FieldError(f"/{name.encode(errors='replace').decode()}", detail, "surrogate")
