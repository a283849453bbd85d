"""What docs/keys.md tells units to run, run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.test_keys_and_audit import ingest, tinbai  # noqa: F401

GUIDE = (Path(__file__).parents[2] / "docs" / "keys.md").read_text()
RUN_BY = {"python": [sys.executable], "sh": ["bash", "-eu"]}


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize("language", RUN_BY)
def test_the_example_submits_an_article(ingest, tmp_path, language):  # noqa: F811
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    for words in (
        ["genpkey", "-algorithm", "ed25519", "-out", private],
        ["pkey", "-in", private, "-pubout", "-out", public],
    ):
        subprocess.run(["openssl", *words], check=True)
    tinbai("unit", "add", "HQKV3", "Hải quan khu vực III")
    key_id = tinbai("key", "add", "HQKV3", "--public-key", public).stdout.strip()
    script = tmp_path / "example"
    script.write_text(example(language))

    run = subprocess.run(
        [*RUN_BY[language], script, ingest.url, key_id, private], capture_output=True, text=True
    )

    assert run.returncode == 0, run.stderr
    assert "HQKV3" in run.stdout, run.stdout
    assert "published" in run.stdout
