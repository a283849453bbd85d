"""The registry as a file, by the command line, with an ingest behind it."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner, Result

from stack.cli import app
from tests.stack.processes import DEADLINE, free_port_base, until

ADMIN = "the-admin-key"
BEFORE = """\
units:
  - code: HQHCM
    name: Cục Hải quan TP. Hồ Chí Minh
    short_name: HQ TP.HCM
  - code: HQVT
    name: Hải quan [Vũng Tàu]
columns:
  - slug: thong-quan
    name: Thông quan
"""
AFTER = """\
units:
  - code: HQKV2
    name: Chi cục Hải quan khu vực II
    names:
      - name: Chi cục Hải quan khu vực II
        from: 2025-03-15
    succeeds: [HQHCM]
  - code: HQHCM
    name: Cục Hải quan TP. Hồ Chí Minh
    short_name: HQ TP.HCM
    aliases: [Hải quan Sài Gòn]
    active: false
campaigns:
  - slug: cang-moi
    name: Cảng mới
    from: 2026-03-01
    expected_units: [HQKV2]
"""


@pytest.fixture(scope="module")
def ingest(tmp_path_factory):
    data = tmp_path_factory.mktemp("ingest")
    (data / "admin.key").write_text(ADMIN)
    port = free_port_base()
    command = [
        *(sys.executable, "-m", "services.ingest", "--data", str(data), "--port", str(port)),
        *("--kafka-bootstrap", "127.0.0.1:1", "--log-dir", str(data)),
        *("--admin-key-file", str(data / "admin.key")),
    ]
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        with suppress(httpx2.TransportError):
            return httpx2.get(f"{url}/healthz", timeout=DEADLINE).status_code == 200
        return False

    with subprocess.Popen(command) as process:
        try:
            until(answers)
            yield {"TINBAI_INGEST_URL": url, "TINBAI_ADMIN_KEY_FILE": str(data / "admin.key")}
        finally:
            process.kill()


@pytest.fixture
def tinbai(ingest, tmp_path):
    def run(*words: str, file: str | None = None) -> Result:
        path = tmp_path / "registry.yaml"
        if file is not None:
            path.write_text(file, encoding="utf-8")
            words = (*words, str(path))
        return CliRunner().invoke(app, ["registry", *words], env={**os.environ, **ingest})

    return run


def test_from_the_first_file_to_the_merger_and_back(tinbai):
    assert "3 added, 0 changed" in tinbai("apply", file=BEFORE).stdout

    dry = tinbai("apply", "--dry-run", file=AFTER).stdout
    assert "+ unit HQKV2  Chi cục Hải quan khu vực II" in dry
    assert "~ unit HQHCM" in dry
    assert "    active: true → false" in dry
    assert '      + "Hải quan Sài Gòn"' in dry
    assert "not in the file, left as it is: unit HQVT; column thong-quan" in dry
    assert dry.endswith("Would be: 2 added, 1 changed, 0 unchanged. Nothing was done.\n")

    done = tinbai("apply", file=AFTER).stdout
    assert done.splitlines()[:-1] == dry.splitlines()[:-1]
    assert "0 added, 0 changed, 3 unchanged." in tinbai("apply", file=AFTER).stdout

    exported = tinbai("export").stdout
    assert "Hải quan [Vũng Tàu]" in exported
    assert "trusted" not in exported
    again = tinbai("apply", file=exported)
    assert again.stdout == "0 added, 0 changed, 5 unchanged.\n"


def test_a_refusal_names_the_line_and_nothing_is_done(tinbai):
    faulty = """\
columns:
  - slug: moi
    name: Mới
  - slug: cu
    nmae: Cũ
campaigns:
  - slug: c
    name: C
    from: 2026-03-02
    to: 2026-03-01
"""

    run = tinbai("apply", file=faulty)

    assert run.exit_code == 1
    assert "registry.yaml:4: /columns/1/name: " in run.stderr
    assert "registry.yaml:5: /columns/1/nmae: " in run.stderr
    assert "registry.yaml:7: /campaigns/0: " in run.stderr
    assert run.stderr.endswith("Nothing was done.\n")
    assert "slug: moi" not in tinbai("export").stdout


def test_where_nobody_listens_it_is_one_sentence(tmp_path):
    (tmp_path / "r.yaml").write_text(BEFORE)
    (tmp_path / "key").write_text(ADMIN)
    nowhere = {
        "TINBAI_INGEST_URL": "http://127.0.0.1:1",
        "TINBAI_ADMIN_KEY_FILE": str(tmp_path / "key"),
    }

    run = CliRunner().invoke(app, ["registry", "apply", str(tmp_path / "r.yaml")], env=nowhere)

    assert run.exit_code == 1
    assert run.stderr.startswith("Cannot reach http://127.0.0.1:1/v1/admin/registry")


def test_the_example_in_the_docs_can_be_applied(tinbai):
    page = (Path(__file__).parents[2] / "docs" / "registry.md").read_text(encoding="utf-8")
    example = page.partition("```yaml\n")[2].partition("```")[0]

    run = tinbai("apply", "--dry-run", file=example)

    assert "HQKV21" in run.stdout
    assert run.exit_code == 0
