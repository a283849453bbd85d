"""The guides for units do what they say: their examples are run as a reader would, in order."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.integration.stacks import Stack
from tests.stack.processes import until

pytestmark = pytest.mark.xdist_group("shared")

DOCS = Path(__file__).parent.parent.parent / "docs"
GUIDES = ["units.en.md", "units.vi.md"]
ANYTHING = "…"

_BLOCK = re.compile(r"(<!-- not yet -->\n)?^```(bash|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROMISE = re.compile(r"^# (\d{3})$", re.MULTILINE)
_PRINTED = re.compile(r"^(\d{3})$", re.MULTILINE)
_DONE = "@@ done"


@dataclass(frozen=True)
class Block:
    """Commands to run (`bash`), or what the answer then shows (`json`)."""

    kind: str
    text: str


def blocks(guide: str) -> Iterator[Block]:
    for not_yet, kind, text in _BLOCK.findall((DOCS / guide).read_text()):
        if not not_yet:
            yield Block(kind, text)


def commands(guide: str) -> list[str]:
    """Give what a guide has people run, but for the language they ask for and our comments."""
    lines = [block.text.splitlines() for block in blocks(guide) if block.kind == "bash"]
    return [
        re.sub(r"  +# .*", "", line) for block in lines for line in block if "Language" not in line
    ]


class Shell:
    """One bash in a folder, as a reader keeps it open."""

    def __init__(self, bash: "subprocess.Popen[str]") -> None:
        self._bash = bash

    def run(self, text: str) -> str:
        """Run commands; each must succeed. Gives what they print."""
        assert self._bash.stdin
        assert self._bash.stdout
        self._bash.stdin.write(f"set -e\n{text}\necho '{_DONE}'\n")
        self._bash.stdin.flush()
        printed = ""
        for line in self._bash.stdout:
            if line.strip() == _DONE:
                return printed
            printed += line
        pytest.fail(f"A command failed in:\n{text}\n{printed}")


def shows(shown: Any, real: Any) -> bool:
    """Whether an answer is as the guide shows it: other fields may be there, `…` is anything."""
    if isinstance(shown, dict):
        return all(name in real and shows(value, real[name]) for name, value in shown.items())
    if isinstance(shown, list):
        return len(shown) == len(real) and all(map(shows, shown, real))
    return shown in (ANYTHING, real)


def take_back_the_other_guides(stack: Stack) -> None:
    """Both guides tell the same stories: the second one would be told so, in hints."""
    notice = {"reason": "an example", "notice": "An example."}
    for guide in GUIDES:
        listed = stack.ask("GET", f"/v1/articles?unit=GUIDE-{guide[-5:-3]}").json()["items"]
        for article in listed:
            stack.ask("POST", f"/v1/articles/{article['id']}/retraction", notice)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with the one thing that a reader brings."""
    Image.new("RGB", (800, 600), "navy").save(tmp_path / "photo.jpg")
    return tmp_path


@pytest.fixture
def shell(folder: Path) -> Iterator[Shell]:
    with subprocess.Popen(
        ["bash", "-u"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as bash:
        yield Shell(bash)
        bash.kill()


@pytest.mark.parametrize("guide", GUIDES)
def test_the_examples_of_a_guide_give_what_it_promises(shared: Stack, folder, shell, guide):
    unit = f"GUIDE-{guide[-5:-3]}"
    shared.add_unit(unit)
    take_back_the_other_guides(shared)
    values = {
        "URL": shared.url("ingest"),
        "FEEDS": shared.url("syndicate"),
        "UNIT": unit,
        "KEY": shared.ask("POST", f"/v1/admin/units/{unit}/keys").json()["key"],
    }

    for block in blocks(guide):
        if block.kind == "json":
            real = json.loads((folder / "answer.json").read_text())
            assert shows(json.loads(block.text), real), real
            continue
        text = block.text
        for name, value in values.items():
            text = re.sub(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        if "$FEEDS" in text:
            until(lambda: shared.get("syndicate", f"/feeds/units/{unit}.rss").status_code == 200)
            shared.until_settled()
        printed = shell.run(text)
        assert _PRINTED.findall(printed) == _PROMISE.findall(text), f"{text}\n{printed}"


def test_both_guides_have_the_same_examples():
    assert commands(GUIDES[0]) == commands(GUIDES[1])
