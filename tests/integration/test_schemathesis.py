"""Whatever is sent to a service, the answer is one of those that its /openapi.json tells of."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest

from tests.integration.doors import ADMIN, Door, open_door, started

pytestmark = pytest.mark.timeout(3600)

ROOT = Path(__file__).parents[2]

# `make fuzz` sets it: all phases with each key, and so many examples beside those of the coverage
# phase, which has its own number (about 3,000 for each key).
WANTED = int(os.environ.get("EXAMPLES", "0"))
OPERATIONS, KEYS = 46, ("HQA", "HQB", "newsroom", "admin")

A_FEW = ["--phases=examples,fuzzing,stateful", "--max-examples=2"]
ARTICLES = ["--include-tag=articles", "--max-examples=2"]
EVERYTHING = [f"--max-examples={max(2, WANTED // OPERATIONS // len(KEYS))}"]

RUNS = [(who, EVERYTHING) for who in KEYS] if WANTED else [("HQA", A_FEW), ("admin", A_FEW)]


@pytest.mark.parametrize(("who", "options"), RUNS, ids=lambda value: str(value)[:20])
def test_every_call_of_ingest_answers_as_documented(who, options, tmp_path):
    with open_door(tmp_path) as door:
        fuzz(door.http, [*options, header(door, who)], tmp_path, articles(door))


def test_calls_about_articles_do_so_on_postgresql_too(postgresql_url, tmp_path):
    with open_door(tmp_path, postgresql_url) as door:
        fuzz(door.http, [*ARTICLES, header(door, "HQB")], tmp_path, articles(door))


@pytest.mark.parametrize("service", ["syndicate", "archive"])
def test_the_calls_of_the_others_answer_as_documented(service, tmp_path):
    with started(service, tmp_path, {}) as http:
        fuzz(http, ["--max-examples=5"], tmp_path)


def test_the_calls_about_partners_do_so_for_the_newsroom(tmp_path):
    (tmp_path / "admin.key").write_text(ADMIN)
    key = {"Authorization": f"Bearer {ADMIN}"}
    with started("syndicate", tmp_path, {"ADMIN_KEY_FILE": tmp_path / "admin.key"}) as http:
        for code in ("HQA", "HQB"):
            partner = {"code": code, "name": code}
            assert http.post("/v1/admin/partners", json=partner, headers=key).status_code == 201
        fuzz(http, [*A_FEW, f"--header=Authorization: Bearer {ADMIN}"], tmp_path)


def header(door: Door, who: str) -> str:
    return f"--header=Authorization: Bearer {door.keys[who]}"


def articles(door: Door) -> dict[str, str]:
    """Make articles of the first unit's, which schemathesis asks for by id."""
    article = {"headline": "Tin", "body": "<p>Nội dung.</p>"}
    held = article | {"embargoed_until": "2999-01-01T00:00:00Z"}
    return {
        "PUBLISHED": door.made("HQA", "/v1/articles", json=article)["id"],
        "WAITING": door.made("HQA", "/v1/articles", json=held)["id"],
    }


def fuzz(
    http: httpx2.Client, options: list[str], folder: Path, known: Mapping[str, str] | None = None
) -> None:
    """Let schemathesis call a service; the fixed seed makes a failure come again."""
    command = [
        *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
        "--no-color",
        f"--config-file={Path(__file__).parent / 'schemathesis.toml'}",
        "run",
        f"{str(http.base_url).rstrip('/')}/openapi.json",
        "--seed=57",
        *options,
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=folder,
        # The hooks that its configuration names lie in this repository, wherever that is.
        env={**os.environ, **(known or {}), "PYTHONPATH": str(ROOT)},
        check=False,
    )
    print(done.stdout)  # `make fuzz` shows it
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert "request_failed" not in (folder / "log").read_text()
