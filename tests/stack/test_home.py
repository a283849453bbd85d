import stat
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.home import held, is_held, make_admin_key, recorded, running
from stack.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "data", "127.0.0.1", 8000)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_empty_folder_gets_a_private_admin_key(layout):
    with held(layout):
        assert mode(layout.data) == 0o700
        assert mode(layout.admin_key) == 0o600
        assert len(layout.admin_key.read_text().strip()) >= 43  # 256 bits in base64


def test_the_admin_key_stays_over_starts(layout):
    with held(layout):
        first = layout.admin_key.read_text()
    with held(layout):
        assert layout.admin_key.read_text() == first


def test_a_key_that_was_cut_short_is_made_again(tmp_path):
    (tmp_path / "admin.new").write_text("half")
    make_admin_key(tmp_path / "admin.key")
    assert mode(tmp_path / "admin.key") == 0o600
    assert not (tmp_path / "admin.new").exists()


def test_a_folder_is_held_by_one_stack_at_a_time(layout):
    with held(layout):
        assert is_held(layout.data)
        with pytest.raises(StackError, match=r"runs on .* already"), held(layout):
            pass
    assert not is_held(layout.data)


def test_a_record_that_a_killed_stack_left_names_nobody(layout):
    with held(layout), recorded(layout):
        left_behind = (layout.data / "stack.json").read_text()
        assert running(layout.data) is not None
    (layout.data / "stack.json").write_text(left_behind)
    assert running(layout.data) is None


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    below = Layout(tmp_path / "file" / "data", "127.0.0.1", 8000)
    with pytest.raises(StackError, match="Cannot write to the data folder"), held(below):
        pass


def test_nothing_runs_in_a_folder_that_is_not_there(tmp_path):
    assert running(tmp_path / "nowhere") is None
