"""RFC 9457 problem details: every error answer there is, with its type."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from pydantic_core import ErrorDetails
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from services.common.database import Overloaded, store_is_at_fault, what_happened
from services.common.findings import plain
from services.common.language import DEFAULT, Language, current_language, language_headers
from services.common.said import Said, said
from services.common.translation import field_name, translated

MEDIA_TYPE = "application/problem+json"
_LISTED = 5  # faults that stand in `detail`; `errors` has more
MOST_FAULTS = 100
"""What `errors` has at the most: half a megabyte of unknown fields must not be told of by five."""

# One list of all types; the name follows `urn:tinbai:problem:`.
TITLES = {
    "bad-request": (400, "The request cannot be read"),
    "unauthorized": (401, "A valid key is needed"),
    "forbidden": (403, "This key does not reach so far"),
    "not-found": (404, "There is no such thing here"),
    "method-not-allowed": (405, "Not with this method"),
    "not-acceptable": (406, "Not in this form"),
    "conflict": (409, "It contradicts what is there"),
    "gone": (410, "It is no longer offered"),
    "version-stale": (412, "It was changed in the meantime"),
    "too-large": (413, "It is too large"),
    "unsupported-media-type": (415, "Not this kind of content"),
    "range-not-satisfiable": (416, "The file does not reach so far"),
    "invalid": (422, "Some fields are not right"),
    "version-needed": (428, "Say which version you change: If-Match"),
    "too-many-requests": (429, "Too many at once; slow down"),
    "internal": (500, "Our fault"),
    "overloaded": (503, "Not now; try again soon"),
}
_TYPE_OF_STATUS = {status: name for name, (status, _) in TITLES.items()}

# In the middle of a place pydantic names the kind of value that it tried, which no document holds.
_UNION_MEMBER = re.compile(r"(?:function-[a-z]+|dict|list)\[.*\]")

log = structlog.get_logger()


class FieldErrorBody(BaseModel):
    """What is wrong with one field."""

    pointer: str
    detail: str
    code: str


class ProblemBody(BaseModel):
    """The body of every error answer."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldErrorBody] = []


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field; `pointer` is a JSON pointer (RFC 6901)."""

    pointer: str
    detail: Said
    code: str


class Problem(Exception):
    """An error that the caller is told about, in the language that he asked for.

    Without a `detail` it is a list of what is wrong with the fields.
    """

    def __init__(
        self,
        kind: str,
        detail: Said | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        super().__init__(detail or _listed(errors, DEFAULT))
        self.kind = kind
        self.status, self.title = TITLES[kind]
        self.detail = detail
        self.errors = errors
        self.headers = headers
        self.extra = extra

    def body(self, language: Language | None = None) -> dict[str, object]:
        """Give the answer's JSON, in the language of this task or in another."""
        language = language or current_language()
        body: dict[str, object] = {
            "type": f"urn:tinbai:problem:{self.kind}",
            "title": translated(self.title, language),
            "status": self.status,
            "detail": translated(self.detail, language)
            if self.detail
            else _listed(self.errors, language),
            **self.extra,
        }
        if self.errors:
            body["errors"] = [
                {**asdict(error), "detail": translated(error.detail, language)}
                for error in self.errors
            ]
        return body

    def response(self) -> Response:
        """Give the whole answer."""
        headers = {**language_headers(), **(self.headers or {})}
        return JSONResponse(self.body(), self.status, headers=headers, media_type=MEDIA_TYPE)


def unauthorized(detail: Said | None = None) -> Problem:
    """No key or a wrong one; which of the two is not told."""
    return Problem(
        "unauthorized",
        detail or said("Send `Authorization: Bearer KEY`."),
        headers={"WWW-Authenticate": "Bearer"},
    )


def not_found() -> Problem:
    """Unknown, or somebody else's: the two look the same."""
    return Problem("not-found", said("Nothing is known under this address."))


def fault() -> Problem:
    """Something that we did not foresee."""
    return Problem("internal", said("The fault is logged under the request id."))


def field_errors(errors: Sequence[ErrorDetails]) -> list[FieldError]:
    """Turn pydantic's findings into pointers and sentences; what was sent is not repeated."""
    return [FieldError(_pointer(e["loc"]), plain(e), e["type"]) for e in errors[:MOST_FAULTS]]


def install(app: FastAPI) -> None:
    """Answer the errors of `app` with a problem, never with a traceback or HTML."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(Overloaded, _on_store_fault)
    app.add_exception_handler(SQLAlchemyError, _on_store_fault)


async def _on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = _TYPE_OF_STATUS.get(error.status_code, "bad-request")
    if error.status_code == 404:
        return not_found().response()
    headers = {**(error.headers or {})}
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_allowed(request)))
    detail = said("The request can't be answered in this form.")
    return Problem(kind, detail, headers=headers).response()


def _allowed(request: Request) -> set[str]:
    """Give the methods of all routes that fit the path; FastAPI names those of the first."""
    path = request.scope["path"]
    found: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        form = getattr(route, "path_regex", None)
        if form is not None and form.match(path):
            found |= route.methods or set()
    return found | {"HEAD"} if "GET" in found else found


async def _on_invalid_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = field_errors(error.errors())
    if any(e.pointer.startswith("/path/") for e in found):
        return not_found().response()  # what can't be an id is the id of nothing
    return Problem("invalid", errors=found).response()


async def _on_store_fault(request: Request, error: Exception) -> Response:
    if not store_is_at_fault(error):
        raise error
    log.error("store_failed", path=request.url.path[:200], error=what_happened(error))
    return Problem(
        "overloaded", said("It could not be stored or read just now."), headers={"Retry-After": "2"}
    ).response()


def _pointer(location: Sequence[int | str]) -> str:
    places = [str(part) for part in location]
    return "".join(
        "/" + place.replace("~", "~0").replace("/", "~1")
        for place in places
        if not _UNION_MEMBER.fullmatch(place)
    )


def _listed(errors: Sequence[FieldError], language: Language) -> str:
    told = [(field_name(e.pointer, language), translated(e.detail, language)) for e in errors]
    return "; ".join(": ".join(filter(None, parts)) for parts in told[:_LISTED])
