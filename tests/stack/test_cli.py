from typer.testing import CliRunner

from stack.cli import app


def test_what_goes_wrong_is_one_sentence_and_an_exit_code(tmp_path):
    (tmp_path / "file").touch()
    run = CliRunner().invoke(app, ["up", "--data", str(tmp_path / "file" / "data")])
    assert run.exit_code == 1
    assert run.stdout == ""
    assert run.stderr.startswith("Cannot write to the data folder")
    assert len(run.stderr.splitlines()) == 1


def test_down_where_nothing_runs_says_so_and_is_no_error(tmp_path):
    run = CliRunner().invoke(app, ["down", "--data", str(tmp_path)])
    assert run.exit_code == 0
    assert run.stdout == f"No stack runs on {tmp_path}.\n"


def test_status_where_nothing_runs_is_an_error(tmp_path):
    run = CliRunner().invoke(app, ["status", "--data", str(tmp_path)])
    assert run.exit_code == 1
    assert run.stderr == f"No stack runs on {tmp_path}.\n"


def test_logs_of_a_folder_without_any_say_so(tmp_path):
    run = CliRunner().invoke(app, ["logs", "--data", str(tmp_path)])
    assert run.exit_code == 1
    assert "no logs" in run.stderr
