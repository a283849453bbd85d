"""Files that share what is set up once go to one worker."""

from tests.sharing import group_of


def test_files_with_one_mark_are_one_group_and_one_without_is_alone(tmp_path):
    mark = 'pytestmark = pytest.mark.xdist_group("shared")\n'
    one, two, alone = (tmp_path / f"test_{name}.py" for name in ("one", "two", "alone"))
    one.write_text(f"import pytest\n{mark}")
    two.write_text(f"on_shared = {mark}")
    alone.write_text("import pytest\n")

    assert group_of(one) == group_of(two) == "shared"
    assert group_of(alone) not in ("shared", group_of(tmp_path / "test_one.py"))


def test_the_hook_shares_out_the_tests_of_this_run(request):
    makers = request.config.pluginmanager.hook.pytest_xdist_make_scheduler.get_hookimpls()
    assert any(maker.function.__module__.endswith("conftest") for maker in makers)
