"""What each service says of itself at /openapi.json."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator

from services.archive.app import build as archive
from services.archive.settings import ArchiveSettings
from services.ingest.app import build as ingest
from services.ingest.settings import IngestSettings
from services.syndicate.app import build as syndicate
from services.syndicate.settings import SyndicateSettings

BUILT = {
    "ingest": (ingest, IngestSettings),
    "syndicate": (syndicate, SyndicateSettings),
    "archive": (archive, ArchiveSettings),
}
OPEN_TO_ALL = ("/healthz", "/readyz", "/metrics")


@pytest.fixture(params=BUILT)
async def document(request, tmp_path) -> dict[str, Any]:
    build, settings = BUILT[request.param]
    transport = httpx2.ASGITransport(build(settings(data=tmp_path)))  # type: ignore[operator]
    async with httpx2.AsyncClient(transport=transport, base_url="http://service.test") as http:
        answer = await http.get("/openapi.json")
    document: dict[str, Any] = answer.json()
    return document


def test_every_reference_leads_somewhere(document):
    for reference in values_of(document, "$ref"):
        assert reference.startswith("#/components/schemas/")
        assert reference.rpartition("/")[2] in document["components"]["schemas"]


def test_every_schema_is_one(document):
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_call_tells_what_a_refusal_looks_like(document):
    for operation in operations(document):
        for status in ("4XX", "503"):
            assert "content" in operation["responses"][status], operation["operationId"]
        assert list(operation["responses"]["4XX"]["content"]) == ["application/problem+json"]


def test_every_json_answer_has_a_form(document):
    for operation in operations(document):
        for status, answer in operation["responses"].items():
            schema = answer.get("content", {}).get("application/json", {"schema": True})["schema"]
            assert schema, (operation["operationId"], status)


async def test_all_calls_of_ingest_need_a_key(tmp_path):
    document = ingest(IngestSettings(data=tmp_path)).openapi()

    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert ("security" in operation) != (path in OPEN_TO_ALL), path


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()


def values_of(node: Any, name: str) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == name and isinstance(value, str):
                yield value
            yield from values_of(value, name)
    elif isinstance(node, list):
        for each in node:
            yield from values_of(each, name)
