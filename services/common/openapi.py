"""The OpenAPI document: what FastAPI can't know of routes that read and answer by hand."""

from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from pydantic import BaseModel, TypeAdapter

from services.common.problems import MEDIA_TYPE, ProblemBody

Answers = dict[int | str, dict[str, Any]]
"""What a route may answer, by status, as FastAPI takes it."""

NDJSON = "application/x-ndjson"

_PLACE = "#/components/schemas/"
_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": f"{_PLACE}{ProblemBody.__name__}"}}}

PROBLEMS: Answers = {
    "4XX": {"content": _PROBLEM, "description": "A problem (RFC 9457)"},
    503: {"content": _PROBLEM, "description": "Not now; try again soon"},
}
"""What every route may answer."""


class BearerKey(SecurityBase):
    """`Authorization: Bearer KEY`, given as it came: who may pass is decided elsewhere."""

    def __init__(self) -> None:
        self.model = HTTPBearer(description="A key, as it was shown once")
        self.scheme_name = "key"

    async def __call__(self, request: Request) -> str | None:
        """Give the header."""
        return request.headers.get("authorization")


def header(description: str) -> dict[str, Any]:
    """Describe a header that an answer always has."""
    return {"description": description, "required": True, "schema": {"type": "string"}}


def json_body(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """Describe a JSON body that its route reads by hand."""
    return _body(model, "application/json", required=required)


def ndjson_body(model: type[BaseModel]) -> dict[str, Any]:
    """Describe a body of JSON lines, each of them a `model`; no lines are lines too.

    As an array, as OpenAPI 3.2 has it for what comes one after the other.
    """
    return _body(list[model], NDJSON, required=False)  # type: ignore[valid-type]


def _body(form: Any, media_type: str, *, required: bool) -> dict[str, Any]:  # noqa: ANN401 - a type
    # Under names of their own: FastAPI gives names to what stands in answers.
    schema = TypeAdapter(form).json_schema(ref_template=_PLACE + "{model}-Given")
    return {"requestBody": {"required": required, "content": {media_type: {"schema": schema}}}}


def install(app: FastAPI) -> None:
    """Complete the document of `app` once it is asked for."""
    app.openapi = partial(_document, app, app.openapi)  # type: ignore[method-assign]


def _document(app: FastAPI, made: Any) -> dict[str, Any]:  # noqa: ANN401 - FastAPI's own method
    if app.openapi_schema is None:
        document: dict[str, Any] = made()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        problem = ProblemBody.model_json_schema(ref_template=_PLACE + "{model}")
        schemas |= problem.pop("$defs") | {ProblemBody.__name__: problem}
        for methods in document["paths"].values():
            for operation in methods.values():
                for content in operation.get("requestBody", {}).get("content", {}).values():
                    brought = content["schema"].pop("$defs", {})
                    schemas.update({f"{name}-Given": each for name, each in brought.items()})
        app.openapi_schema = document
    return app.openapi_schema
