"""`tinbai archive rebuild`: a new index from Kafka, while the old one answers."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import httpx2
import pytest

from stack.control import fetch_status
from tests.integration.stacks import Stack
from tests.stack.processes import DEADLINE, until

pytestmark = pytest.mark.xdist_group("shared")


def search(stack: Stack, words: str) -> list[tuple[str, str]]:
    answer = stack.get("archive", f"/v1/search?q={words}&sort=time")
    assert answer.status_code == 200, answer.text
    return [(item["id"], item["headline"]) for item in answer.json()["items"]]


def ask(stack: Stack, method: str) -> dict[str, Any]:
    url = f"{stack.url('archive')}/v1/admin/rebuild"
    key = {"Authorization": f"Bearer {stack.admin_key()}"}
    state: dict[str, Any] = httpx2.request(method, url, headers=key, timeout=DEADLINE).json()
    return state


def indexes(stack: Stack) -> list[Path]:
    return [path for path in (stack.data / "archive" / "index").iterdir() if path.is_dir()]


@pytest.fixture(scope="module")
def paper(shared: Stack) -> Stack:
    """Give a paper with a word of its own in articles that stand, were corrected or taken back."""
    shared.add_unit("LAMLAI")
    ids = [shared.submit("LAMLAI", headline=f"Tin xaydunglai {n}")["id"] for n in range(8)]
    text = {"headline": "Tin xaydunglai đã sửa", "body": "<p>Mới.</p>", "correction_note": "Sửa."}
    assert shared.ask("PUT", f"/v1/articles/{ids[0]}", text, If_Match='"1"').status_code == 200
    notice = {"reason": "Sai.", "notice": "Tin đã được rút."}
    assert shared.ask("POST", f"/v1/articles/{ids[1]}/retraction", notice).status_code == 200
    shared.until_settled()
    standing = {id_: f"Tin xaydunglai {n}" for n, id_ in enumerate(ids) if n != 1}
    standing[ids[0]] = text["headline"]
    until(lambda: dict(search(shared, "xaydunglai")) == standing)
    return shared


def test_readers_notice_nothing_and_what_comes_later_is_found(paper: Stack) -> None:
    before, [old] = search(paper, "xaydunglai"), indexes(paper)
    over = Event()

    def read_on() -> list[list[tuple[str, str]]]:
        seen = []
        while not over.is_set():
            seen.append(search(paper, "xaydunglai"))
        return seen

    command = [sys.executable, "-m", "stack", "archive", "rebuild", "--data", str(paper.data)]
    with ThreadPoolExecutor(1) as readers:
        reader = readers.submit(read_on)
        try:
            run = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE)
        finally:
            over.set()
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("The new index answers")
    seen = reader.result()  # a reader who was refused fails here
    assert seen
    assert [each for each in seen if each != before] == []
    assert search(paper, "xaydunglai") == before
    until(lambda: indexes(paper) != [old] and len(indexes(paper)) == 1)
    new = paper.submit("LAMLAI", headline="Tin sau khi xaydunglai")["id"]
    until(lambda: new in dict(search(paper, "xaydunglai")))


def test_killed_meanwhile_the_archive_goes_on_with_a_whole_index(paper: Stack) -> None:
    before = search(paper, "xaydunglai")
    pid = paper.pids()["archive"]
    assert ask(paper, "POST")["state"] == "running"
    os.kill(pid, signal.SIGKILL)
    until(lambda: paper.pids()["archive"] not in (pid, None) and fetch_status(paper.data)[1].ready)
    assert search(paper, "xaydunglai") == before
    assert ask(paper, "GET")["state"] == "none"
    assert len(indexes(paper)) == 1


def test_nobody_but_an_admin_has_one_made(paper: Stack) -> None:
    url = f"{paper.url('archive')}/v1/admin/rebuild"
    assert httpx2.post(url).status_code == 401
    assert httpx2.get(url, headers={"Authorization": "Bearer nobody"}).status_code == 401
