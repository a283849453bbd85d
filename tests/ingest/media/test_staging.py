"""Nothing that a crash left behind stays, and nothing that is being worked on goes."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.ingest.media.staging import staging, workplace

CRASH = """
import os, sys
from pathlib import Path
from services.ingest.media.staging import staging
with staging(Path(sys.argv[1])) as own:
    (own / "half a film").write_text("…")
    os._exit(9)
"""


def files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.name != ".lock" and each.is_file()]


def test_what_a_process_that_died_left_is_removed_at_the_next_start(tmp_path):
    subprocess.run([sys.executable, "-c", CRASH, str(tmp_path)], timeout=60)
    assert files(tmp_path)

    with staging(tmp_path):
        assert files(tmp_path) == []


def test_what_another_process_works_on_stays(tmp_path):
    with staging(tmp_path) as first, workplace(first) as place:
        (place / "part").touch()
        with staging(tmp_path) as second:
            assert second != first
            assert (place / "part").exists()
        assert (place / "part").exists()


def fail_half_way(own: Path) -> None:
    with workplace(own) as place:
        (place / "part").touch()
        raise OSError("full")


def test_a_workplace_is_empty_afterwards_whatever_happened(tmp_path):
    with staging(tmp_path) as own:
        with pytest.raises(OSError, match="full"):
            fail_half_way(own)
        assert files(tmp_path) == []
    assert [each.name for each in tmp_path.iterdir()] == [".lock"]
