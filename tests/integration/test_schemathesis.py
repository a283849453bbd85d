"""Whatever is sent to ingest, the answer is one of those that /openapi.json tells of."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.doors import open_door

# `make fuzz` sets it: all phases with each key, and so many examples beside those of the coverage
# phase, which has its own number (about 3,000 for each key).
WANTED = int(os.environ.get("EXAMPLES", "0"))
OPERATIONS, KEYS = 46, ("HQA", "HQB", "newsroom", "admin")

A_FEW = ["--phases=examples,fuzzing,stateful", "--max-examples=2"]
ARTICLES = ["--include-tag=articles", "--max-examples=2"]
EVERYTHING = [f"--max-examples={max(2, WANTED // OPERATIONS // len(KEYS))}"]

RUNS = (
    [(who, EVERYTHING) for who in KEYS]
    if WANTED
    else [("HQA", A_FEW), ("admin", A_FEW), ("HQB", ARTICLES)]
)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("who", "options"), RUNS, ids=lambda value: str(value)[:20])
def test_every_call_answers_as_documented(who, options, tmp_path):
    fuzz(who, options, tmp_path)


def fuzz(who: str, options: list[str], folder: Path) -> None:
    """Let schemathesis call with a key; the fixed seed makes a failure come again."""
    with open_door(folder) as door:
        command = [
            *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
            "--no-color",
            f"--config-file={Path(__file__).parent / 'schemathesis.toml'}",
            "run",
            f"{door.url}/openapi.json",
            f"--header=Authorization: Bearer {door.keys[who]}",
            "--seed=57",
            *options,
        ]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    print(done.stdout)  # `make fuzz` shows it
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    log = (folder / "ingest.log").read_text()
    assert "request_failed" not in log
