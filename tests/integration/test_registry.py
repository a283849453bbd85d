"""The merger of two units, from the newsroom's file to what readers find."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.stacks import Stack
from tests.stack.processes import until

pytestmark = pytest.mark.xdist_group("shared")

BEFORE = """\
units:
  - code: MERGED-A
    name: Cục Hải quan Vịnh Trà
  - code: MERGED-B
    name: Cục Hải quan Nà Phiêng
"""
AFTER = """\
units:
  - code: HEIR
    name: Chi cục Hải quan khu vực XXI
    succeeds: [MERGED-A, MERGED-B]
  - code: MERGED-A
    name: Cục Hải quan Vịnh Trà
    active: false
  - code: MERGED-B
    name: Hải quan Nà Phiêng mới
"""


def apply(stack: Stack, file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "stack", "registry", "apply", str(file)]
    run = subprocess.run(
        [*command, "--data", str(stack.data)], capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr


def test_after_a_merger_the_history_is_found_under_the_new_unit(shared, tmp_path):
    apply(shared, tmp_path / "registry.yaml", BEFORE)
    old = [shared.submit(code)["id"] for code in ("MERGED-A", "MERGED-B")]
    apply(shared, tmp_path / "registry.yaml", AFTER)
    new = shared.submit("HEIR")["id"]

    def found(query: str) -> set[str]:
        answer = shared.get("archive", f"/v1/search?{query}").json()
        return {each["id"] for each in answer["items"]}

    until(lambda: found("unit=HEIR") == {*old, new})
    assert found("unit=MERGED-A") == {old[0]}
    assert found("q=chi cuc hai quan khu vuc xxi") == {*old, new}
    assert found("q=cuc hai quan na phieng") == {old[1]}
    until(lambda: shared.feed_ids("units/HEIR") == [new])
    until(lambda: "Nà Phiêng mới" in shared.get("syndicate", "/feeds/units/MERGED-B.rss").text)
