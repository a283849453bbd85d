"""RFC 9457 problem details: every error answer there is, with its type."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from pydantic_core import ErrorDetails
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from services.common.database import Overloaded, store_is_at_fault, what_happened
from services.common.said import Said, said

MEDIA_TYPE = "application/problem+json"

# One list of all types; the name follows `urn:tinbai:problem:`.
TITLES = {
    "bad-request": (400, "The request cannot be read"),
    "unauthorized": (401, "A valid key is needed"),
    "forbidden": (403, "This key does not reach so far"),
    "not-found": (404, "There is no such thing here"),
    "method-not-allowed": (405, "Not with this method"),
    "not-acceptable": (406, "Not in this form"),
    "conflict": (409, "It contradicts what is there"),
    "gone": (410, "It was taken back"),
    "version-stale": (412, "It was changed in the meantime"),
    "too-large": (413, "It is too large"),
    "unsupported-media-type": (415, "Not this kind of content"),
    "invalid": (422, "Some fields are not right"),
    "version-needed": (428, "Say which version you change: If-Match"),
    "too-many-requests": (429, "Too many at once; slow down"),
    "internal": (500, "Our fault"),
    "overloaded": (503, "Not now; try again soon"),
}
_TYPE_OF_STATUS = {status: name for name, (status, _) in TITLES.items()}

log = structlog.get_logger()


class ProblemBody(BaseModel):
    """The body of every error answer."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field; `pointer` is a JSON pointer (RFC 6901)."""

    pointer: str
    detail: str
    code: str


class Problem(Exception):
    """An error that the caller is told about."""

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.status, self.title = TITLES[kind]
        self.detail = detail
        self.errors = errors
        self.headers = headers
        self.extra = extra

    def body(self) -> dict[str, object]:
        """Give the answer's JSON."""
        body: dict[str, object] = {
            "type": f"urn:tinbai:problem:{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.extra,
        }
        if self.errors:
            body["errors"] = [asdict(error) for error in self.errors]
        return body

    def response(self) -> Response:
        """Give the whole answer."""
        return JSONResponse(
            self.body(), self.status, headers=dict(self.headers or {}), media_type=MEDIA_TYPE
        )


def unauthorized(detail: Said | None = None) -> Problem:
    """No key or a wrong one; which of the two is not told."""
    return Problem(
        "unauthorized",
        detail or said("Send `Authorization: Bearer KEY`."),
        headers={"WWW-Authenticate": "Bearer"},
    )


def not_found() -> Problem:
    """Unknown, or somebody else's: the two look the same."""
    return Problem("not-found", "Nothing is known under this address.")


def fault() -> Problem:
    """Something that we did not foresee."""
    return Problem("internal", "The fault is logged under the request id.")


def field_errors(errors: Sequence[ErrorDetails]) -> list[FieldError]:
    """Turn pydantic's findings into pointers and sentences; what was sent is not repeated."""
    return [FieldError(_pointer(e["loc"]), e["msg"], e["type"]) for e in errors]


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


async def _on_http_exception(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = _TYPE_OF_STATUS.get(error.status_code, "bad-request")
    if error.status_code == 404:
        return not_found().response()
    return Problem(kind, str(error.detail), headers=error.headers).response()


async def _on_invalid_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = field_errors(error.errors())
    if any(e.pointer.startswith("/path/") for e in found):
        return not_found().response()  # what can't be an id is the id of nothing
    return Problem("invalid", _sentence(found), errors=found).response()


async def _on_store_fault(request: Request, error: Exception) -> Response:
    if not store_is_at_fault(error):
        raise error
    log.error("store_failed", path=request.url.path[:200], error=what_happened(error))
    return Problem(
        "overloaded", "It could not be stored or read just now.", headers={"Retry-After": "2"}
    ).response()


def _pointer(location: Sequence[int | str]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _sentence(errors: Sequence[FieldError]) -> str:
    return "; ".join(f"{e.pointer or '/'}: {e.detail}" for e in errors[:3])
