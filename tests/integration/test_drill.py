"""A drill: a partner is tried with tests that nobody else ever sees."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.integration.stacks import PUBLISHED, Stack
from tests.integration.test_rebuild import everything
from tests.stack.processes import DEADLINE, until

pytestmark = pytest.mark.xdist_group("shared")

CODE = "bao-thu"
WORD = "thuduongtruyen"  # of the tests, and of nothing else
TEXT = {**PUBLISHED, "headline": f"Tin {WORD}", "keywords": [WORD], "genre": "notice", "urgency": 1}
NOTICE = {"reason": "Thử.", "notice": f"Đã gỡ {WORD}."}


@pytest.fixture(scope="module")
def tried(shared: Stack) -> Stack:
    """Give a stack with a unit for drills."""
    shared.add_unit("DRILL")
    return shared


@pytest.fixture(scope="module")
def key(tried: Stack) -> str:
    """Make a partner, and give its key."""
    partner = {"code": CODE, "name": "Báo thử", "product": {"units": ["NONE"]}}
    admin = {"Authorization": f"Bearer {tried.admin_key()}"}
    url = tried.url("syndicate") + "/v1/admin/partners"
    made = httpx2.post(url, json=partner, headers=admin, timeout=DEADLINE)
    assert made.status_code == 201, made.text
    answer = httpx2.post(f"{url}/{CODE}/keys", headers=admin, timeout=DEADLINE)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["key"])


def test_no_reader_ever_sees_a_test(tried: Stack) -> None:
    path = "/v1/articles?unit=DRILL&audience=partner:nobody"
    made = tried.ask("POST", path, TEXT).json()
    article = f"/v1/articles/{made['id']}"
    assert_hidden(tried, made["id"])

    text = TEXT | {"correction_note": f"Sửa {WORD}."}
    assert tried.ask("PUT", article, text, If_Match='"1"').status_code == 200
    assert_hidden(tried, made["id"])

    assert tried.ask("POST", f"{article}/retraction", NOTICE).status_code == 200
    assert_hidden(tried, made["id"])


def assert_hidden(stack: Stack, article: str) -> None:
    """Look at all that is public, once everybody has read all there is."""
    seen = stack.submit("DRILL", headline="Tin thật")["id"]
    until(lambda: seen in stack.feed_ids())
    until(lambda: stack.get("archive", f"/v1/articles/{seen}").status_code == 200)
    stack.until_settled()

    for path in (f"/articles/{article}", *(f"/v1/articles/{article}{e}" for e in OF_ARTICLE)):
        assert stack.get("archive", path).status_code == 404, path
    for path in (f"/v1/search?q={WORD}", "/v1/latest?unit=DRILL", "/v1/search?q=&genre=notice"):
        answer = stack.get("archive", path)
        assert answer.status_code == 200
        assert no_trace(answer.content, article), path
    related = f"/v1/articles/{seen}/related"
    assert no_trace(stack.get("archive", related).content, article)
    for path, (_, body) in everything(stack.url("syndicate")).items():
        assert no_trace(body, article), path


OF_ARTICLE = ("", "/history", "/related")


def no_trace(body: bytes, article: str) -> bool:
    return WORD.encode() not in body and article.encode() not in body


def test_a_partner_that_does_what_it_is_told_passes(tried: Stack, key: str, tmp_path: Path) -> None:
    saved = tmp_path / "certificate.json"
    with simulated(tried, key, tmp_path):
        passed = drill(
            tried, "--unit", "DRILL", "--wait", "15", "--embargo", "3", "--save", str(saved)
        )

    found = json.loads(passed.stdout)
    assert {each["verdict"] for each in found["findings"]} == {"done"}, passed.stdout
    assert (passed.returncode, found["conformant"], found["left"]) == (0, True, [])
    assert json.loads(saved.read_text()) == found
    assert [each["state"] for each in found["findings"]].count("removed") == 3
    assert all(0 <= each["seconds"] < 15 for each in found["findings"])
    assert standing(tried) == []
    assert not {each["article"] for each in found["findings"]} & set(tried.feed_ids())


def test_a_partner_that_says_nothing_does_not_pass_and_keeps_nothing(
    tried: Stack, key: str
) -> None:
    failed = drill(tried, "--wait", "1", "--embargo", "1")

    found = json.loads(failed.stdout)
    assert failed.returncode == 1
    assert found["unit"], "the first that there is"
    assert {each["verdict"] for each in found["findings"]} == {"silent"}, failed.stdout
    assert standing(tried) == []
    url = f"{tried.url('syndicate')}/partners/{CODE}/changes?limit=1000"
    told = httpx2.get(url, headers={"Authorization": f"Bearer {key}"}, timeout=DEADLINE).json()
    newest: dict[str, str] = {each["id"]: each["kind"] for each in told["items"]}
    assert newest
    assert set(newest.values()) == {"retracted"}
    assert all(each["article"]["test"] for each in told["items"] if each["article"])


def test_there_must_be_such_a_partner(tried: Stack) -> None:
    refused = drill(tried, code="nobody")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "404" in refused.stderr


def drill(stack: Stack, *options: str, code: str = CODE) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "stack", "partner", "drill", code]
    return subprocess.run(
        [*command, "--json", "--data", str(stack.data), *options],
        capture_output=True,
        text=True,
        timeout=240,
    )


def standing(stack: Stack) -> list[Any]:
    """The tests that are not taken back."""
    answers = (
        stack.ask("GET", f"/v1/articles?audience=partner:{CODE}&status={status}")
        for status in ("published", "embargoed")
    )
    return [item for answer in answers for item in answer.json()["items"]]


@contextmanager
def simulated(stack: Stack, key: str, folder: Path) -> Iterator[None]:
    """Run a partner's side."""
    command = [
        sys.executable,
        "-m",
        "partner",
        "simulate",
        "--partner",
        CODE,
        "--key",
        key,
        "--port",
        "0",
    ]
    command += ["--url", stack.url("syndicate"), "--folder", str(folder / "mirror")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(DEADLINE)
