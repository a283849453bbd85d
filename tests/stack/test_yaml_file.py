"""YAML is read strictly: what other readers let pass is told with its line."""

import time
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.yaml_file import read_yaml, written

MERGER = """\
# The merger of 2025.
units:
  - code: HQKV2
    name: Chi cục Hải quan khu vực II
    names:
      - name: "Chi cục Hải quan khu vực II"
        from: 2025-03-15
    succeeds: [HQHCM]
    active: true
columns: []
"""


@pytest.fixture
def file(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "registry.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_file_is_read_as_json_values(file):
    (unit,) = read_yaml(file(MERGER)).content["units"]

    assert unit["name"] == "Chi cục Hải quan khu vực II"
    assert unit["names"][0]["from"] == "2025-03-15"
    assert unit["active"] is True


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("/units/0", 3),
        ("/units/0/names/0/from", 7),
        ("/units/0/succeeds/0", 8),
        ("/units/0/languages", 3),  # not there: then where it should be
        ("/columns", 10),
        ("", 1),
    ],
)
def test_each_value_is_known_by_its_line(file, pointer, line):
    path = file(MERGER)

    assert read_yaml(path).place(pointer) == f"{path}:{line}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("units: []\nunits: []\n", ":2: found duplicate key"),
        ("units: [\n", ":2: "),
        ("units: *nobody\n", ":1: found undefined alias"),
        ("units:\n  - name: !!python/object:os.system 1\n", ":2: this is neither text"),
        ("units:\n  - name: .nan\n", ":2: this is neither text"),
        ("a: 2025-02-30\n", "is no YAML in UTF-8: day"),
        ("a: \x01\n", "is no YAML in UTF-8"),
        ("a: " + "[" * 5000, "is no YAML in UTF-8"),
        ("", "is empty"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_with_its_place(file, text, told):
    with pytest.raises(StackError) as refused:
        read_yaml(file(text))

    assert told in str(refused.value)


BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)


def test_a_small_file_that_means_more_than_any_machine_holds_is_refused_soon(file):
    began = time.process_time()
    with pytest.raises(StackError, match="more than 200,000 values"):
        read_yaml(file(BOMB))
    assert time.process_time() - began < 20


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(StackError, match=r"^Cannot read .*: No such file or directory\.$"):
        read_yaml(tmp_path / "nowhere.yaml")


def test_what_is_written_reads_the_same(file):
    content = {
        "units": [{"code": "NO", "name": "Chi cục: I [#1]", "names": [{"from": "2025-01-01"}]}]
    }

    text = written(content, "A heading")

    assert text.startswith("# A heading\n")
    assert read_yaml(file(text)).content == content
