"""From Kafka alone: a syndicate that has nothing comes to the same feeds, pages and ETags."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.integration.stacks import PUBLISHED, Stack
from tests.stack.processes import DEADLINE, until
from tests.syndicate.history.walking import links
from tests.syndicate.service import Service, syndicate

pytestmark = pytest.mark.xdist_group("shared")

DOCS = Path(__file__).parents[2] / "docs"
MANY = 120  # more than two feeds full, so that there is a history
LISTS = ("/", "/feeds.opml", "/sitemap-news.xml", "/robots.txt")
_FEED = re.compile(r'href="[^"]+(/feeds/[^"]+\.(?:rss|atom|json))"')


@pytest.fixture(scope="module")
def paper(shared: Stack) -> Stack:
    """Give a paper with everything that can become of an article."""
    shared.add_unit("PAST")
    lines = [json.dumps(PUBLISHED | {"headline": f"Tin cũ {n}"}) for n in range(MANY)]
    answer = httpx2.post(
        f"{shared.url('ingest')}/v1/batches?unit=PAST",
        content="\n".join(lines),
        headers={
            "Authorization": f"Bearer {shared.admin_key()}",
            "Content-Type": "application/x-ndjson",
        },
        timeout=DEADLINE,
    )
    ids = [json.loads(line)["id"] for line in answer.text.splitlines()]
    text = PUBLISHED | {"correction_note": "Số đúng là 102."}
    notice = {"reason": "Sai.", "notice": "Tin đã được rút."}
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("PUT", f"/v1/articles/{ids[1]}", text),
        ("PUT", f"/v1/articles/{ids[2]}", text | {"expires": soon}),
        ("POST", f"/v1/articles/{ids[3]}/retraction", notice),
        ("POST", f"/v1/admin/articles/{ids[4]}/erasure", {"reason_code": "court-order"}),
    ]
    for method, path, body in steps:
        done = shared.ask(method, path, body, If_Match='"1"')
        assert done.status_code == 200, done.text
    unit = {"code": "PAST", "name": "Hải quan ngày xưa"}
    assert shared.ask("PUT", "/v1/admin/units/PAST", unit).status_code == 200
    until(lambda: shared.ask("GET", f"/v1/articles/{ids[2]}").json()["status"] == "expired")
    shared.until_settled()
    return shared


def everything(url: str) -> Mapping[str, tuple[str, bytes]]:
    """Give every list, every feed and every page behind it, with ETags, by address."""
    served = {}
    with httpx2.Client(base_url=url, timeout=DEADLINE) as client:
        for path in LISTS:
            served[path] = seen(client.get(path))
        for feed in set(_FEED.findall(client.get("/").text)):
            for path, answer in walk(client, feed):
                served[path] = seen(answer)
    return served


def seen(answer: httpx2.Response) -> tuple[str, bytes]:
    return answer.headers["etag"], answer.content


def walk(client: httpx2.Client, path: str | None) -> Iterator[tuple[str, httpx2.Response]]:
    while path:
        answer = client.get(path)
        yield path, answer
        following = links(answer).get("prev-archive")
        path = httpx2.URL(following).path if following else None


def is_quiet(service: Service) -> bool:
    state = service.get("/readyz").json()
    waits = [state["feeds_waiting"], *state["lag"].values()]
    return state["kafka"] == "up" and len(state["lag"]) > 0 and not any(waits)


def test_a_syndicate_that_lost_everything_serves_the_same_bytes(
    paper: Stack, tmp_path: Path
) -> None:
    public = ("--syndicate-url", paper.url("syndicate"), "--archive-url", paper.url("archive"))
    with syndicate(tmp_path, paper.bootstrap(), *public) as rebuilt:
        until(lambda: is_quiet(rebuilt))
        # More than once: what it has not heard of is no lag yet, and lists follow within a second.
        until(lambda: everything(rebuilt.url) == everything(paper.url("syndicate")))
        served = everything(rebuilt.url)
    pages = [path for path in served if path.startswith("/history/units/PAST/")]
    assert len(pages) >= 3 * (MANY - 52) / 50


def test_the_example_of_the_guide_copies_all_that_there_is(paper: Stack, tmp_path: Path) -> None:
    found = re.search(r"```python\n(.*?)```", (DOCS / "history.md").read_text(), re.DOTALL)
    assert found
    (tmp_path / "copy_feed.py").write_text(found[1])

    def copy(*options: str) -> tuple[str, set[str]]:
        command = [
            sys.executable,
            "copy_feed.py",
            f"{paper.url('syndicate')}/feeds/units/PAST.json",
        ]
        run = subprocess.run(
            [*command, "copy.json", *options],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )
        assert run.returncode == 0, run.stderr
        copied = json.loads((tmp_path / "copy.json").read_text())
        return run.stdout, {item["id"] for item in copied["articles"]}

    told, first = copy()
    assert len(first) == MANY - 3, "without the retracted, the erased and the expired"
    assert copy() == (told, first)
    new = paper.submit("PAST", headline="Tin mới")["id"]
    until(lambda: new in paper.feed_ids("units/PAST"))
    assert copy()[1] == first | {f"urn:uuid:{new}"}
    assert copy("--all")[1] == first | {f"urn:uuid:{new}"}
