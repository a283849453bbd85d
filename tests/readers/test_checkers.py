"""The feeds before checkers: every XML well-formed, every JSON Feed as its schema says."""

import json
import subprocess
from pathlib import Path

import httpx2
import pytest
from jsonschema import Draft7Validator

from tests.readers.every import HERE
from tests.readers.paper import Paper

pytestmark = pytest.mark.xdist_group("readers")
SCHEMA = HERE / "node" / "node_modules" / "jsonfeed-schema" / "schema-v1.1.json"


def _body(paper: Paper, form: str) -> bytes:
    return httpx2.get(paper.url(form)).content


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_xmllint_finds_it_well_formed(full: Paper, form: str, tmp_path: Path):
    file = tmp_path / f"feed.{form}"
    file.write_bytes(_body(full, form))

    lint = subprocess.run(["xmllint", "--noout", file], capture_output=True, timeout=60)

    assert (lint.returncode, lint.stderr) == (0, b"")


def test_the_json_feed_is_as_its_schema_says(full: Paper):
    schema = json.loads(SCHEMA.read_text())
    feed = json.loads(_body(full, "json"))

    assert [error.message for error in Draft7Validator(schema).iter_errors(feed)] == []
    assert [*Draft7Validator(schema).iter_errors(feed | {"items": [{}]})] != []
