"""A simulated partner, with a syndicate to talk to, and one that pushes to it."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from standardwebhooks import Webhook

from partner.simulating.behaviour import Behaviour
from partner.simulating.simulator import Plan, Simulator
from schemas.article import Article
from services.syndicate.feeds.ninjs.mapping import ninjs_of
from services.syndicate.feeds.ninjs.writer import feed_of, written
from tests.factories import article, retraction
from tests.partner.conftest import CODE, KEY
from tests.partner.history import History
from tests.syndicate.partners_at_work import SITE

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DEADLINE = 60.0
ONE = History(((1, "published"), (1, "retracted")))


async def until(condition: Callable[[], object]) -> None:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < DEADLINE, "it did not come in time"
        await asyncio.sleep(0.01)


@pytest.fixture
def simulated(tinbai, tmp_path) -> Callable[..., AbstractAsyncContextManager[Simulator]]:
    def make(source: str = "changes", **behaviour: Any) -> AbstractAsyncContextManager[Simulator]:
        folder = tmp_path / "partner"
        plan = Plan(
            tinbai.url, CODE, KEY, folder, source=source, secrets=(SECRET,), pause=0.01, wait=0
        )
        said: list[str] = []
        return Simulator(plan, Behaviour().changed(behaviour), say=said.append).running()

    return make


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient() as http:
        yield http


async def push(http, simulator, entry: Any, message: str = "msg_1") -> int:
    body = json.dumps(entry.as_json())
    at = datetime.now(UTC)
    headers = {
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(message, at, body),
        "content-type": "application/json",
    }
    answer = await http.post(simulator.webhook_url, content=body, headers=headers)
    status: int = answer.status_code
    return status


async def test_it_shows_what_it_was_told_acknowledges_it_and_takes_it_down(tinbai, simulated, http):
    news = article()
    async with simulated() as simulator:
        await tinbai.release(news)
        await until(lambda: tinbai.acknowledged)
        page = await http.get(simulator.page_url(str(news.id)))
        await tinbai.release(retraction(news.id))
        await until(lambda: len(tinbai.acknowledged) == 2)
        after = await http.get(simulator.page_url(str(news.id)))
        await until(lambda: len(simulator.acknowledged) == 2)

    assert (page.status_code, after.status_code) == (200, 410)
    assert news.headline in page.text
    assert news.headline not in after.text
    url = simulator.page_url(str(news.id))
    assert tinbai.acknowledged == [
        {"id": str(news.id), "version": 1, "state": "applied", "url": url},
        {"id": str(news.id), "version": 2, "state": "removed", "url": url},
    ]


async def test_a_lying_one_says_removed_and_shows_the_page_until_it_is_honest(
    tinbai, simulated, http
):
    news = article()
    async with simulated(lying=True) as simulator:
        await tinbai.release(news)
        await until(lambda: tinbai.acknowledged)
        await tinbai.release(retraction(news.id))
        await until(lambda: len(tinbai.acknowledged) == 2)
        lied = await http.get(simulator.page_url(str(news.id)))
        await http.put(f"{simulator.url}/control", json={"lying": False})
        honest = await http.get(simulator.page_url(str(news.id)))

    assert tinbai.acknowledged[1]["state"] == "removed"
    assert (lied.status_code, honest.status_code) == (200, 410)
    assert news.headline in lied.text


async def test_a_webhook_is_taken_once_and_only_if_it_is_signed(tinbai, simulated, http):
    async with simulated("nothing") as simulator:
        forged = await http.post(simulator.webhook_url, json=ONE.told(1, 1).as_json())
        statuses = [await push(http, simulator, ONE.told(1, 1)) for _ in range(2)]
        late = [await push(http, simulator, ONE.told(seq, 2), f"m{seq}") for seq in (2, 1)]
        await until(lambda: len(tinbai.acknowledged) == 2)
        held = simulator.mirror.held(ONE.told(1, 1).id)

    assert forged.status_code == 401
    assert statuses == late == [204, 204]
    assert [each.id for each in simulator.webhooks] == ["msg_1", "msg_1", "m2", "m1"]
    assert [each["state"] for each in tinbai.acknowledged] == ["applied", "removed"]
    assert held
    assert held.kind == "retracted"


@pytest.mark.parametrize(
    ("behaviour", "statuses"),
    [
        ({"broken": True}, [500, 500, 500, 500]),
        ({"gone": True}, [410, 410, 410, 410]),
        ({"flapping": True}, [500, 204, 500, 204]),
    ],
)
async def test_one_that_fails_applies_only_what_it_said_yes_to(
    tinbai, simulated, http, behaviour, statuses
):
    history = History(tuple((n, "published") for n in range(1, 5)))
    async with simulated("nothing", **behaviour) as simulator:
        told = [await push(http, simulator, history.told(n, 4), f"m{n}") for n in range(1, 5)]
        standing = len(list(simulator.mirror.standing()))

    assert told == statuses
    assert standing == statuses.count(204)


async def test_a_slow_one_is_slow(tinbai, simulated, http):
    async with simulated("nothing", slow=0.3) as simulator:
        began = time.monotonic()
        assert await push(http, simulator, ONE.told(1, 1)) == 204

    assert time.monotonic() - began >= 0.3


async def test_a_silent_one_never_acknowledges_and_a_refusing_one_refuses(tinbai, simulated):
    news = article()
    await tinbai.release(news)
    async with simulated(silent=True) as simulator:
        await until(lambda: simulator.mirror.after == 1)
        assert not simulator.acknowledged
    await tinbai.release(article())
    async with simulated(refusing=True) as simulator:
        await until(lambda: tinbai.acknowledged)
        refused = tinbai.acknowledged[0]["id"]

    assert [each["state"] for each in tinbai.acknowledged] == ["refused"]
    assert simulator.look(refused)[0] == 410


async def test_a_forgetful_one_asks_for_everything_again_and_ends_with_the_same(tinbai, simulated):
    await tinbai.release(article(), article())
    async with simulated(forgetful=True):
        await until(lambda: len(tinbai.acknowledged) >= 6)

    assert len({each["id"] for each in tinbai.acknowledged}) == 2


async def test_it_is_steered_from_this_machine_only_and_says_how_it_is(simulated, http):
    async with simulated("nothing") as simulator:
        control = f"{simulator.url}/control"
        changed = (await http.put(control, json={"slow": 0.1, "broken": True})).json()
        bad = [
            await http.put(control, json=body) for body in ({"x": 1}, {"slow": "2"}, {"gone": 1})
        ]
        strangers = [
            await http.post(f"{control}/forget", headers=headers)
            for headers in (
                {"X-Forwarded-For": "203.0.113.9"},
                {"Origin": "https://evil.example"},  # of a page in a browser here
                {"Host": "evil.example:9000"},  # whose name leads here by now
                {"Host": "127.0.0.1.evil.example"},
            )
        ]
        await push(http, simulator, ONE.told(1, 1))
        await http.put(control, json={"slow": 0, "broken": False})
        await push(http, simulator, ONE.told(2, 2))
        before = (await http.get(control)).json()
        await http.post(f"{control}/forget")
        after = (await http.get(control)).json()

    assert changed["behaviour"]["slow"] == 0.1
    assert {answer.status_code for answer in bad} == {422}
    assert {answer.status_code for answer in strangers} == {404}
    assert (before["after"], before["gaps"]) == (0, [[1, 1]])
    assert (after["after"], after["gaps"]) == (0, [])


async def test_it_outlives_a_tinbai_that_is_away(tinbai, simulated, http, tmp_path):
    said: list[str] = []
    plan = Plan("http://127.0.0.1:1", CODE, KEY, tmp_path / "partner", pause=0.01)
    async with Simulator(plan, say=said.append).running() as simulator:
        await until(lambda: any("could not fetch" in line for line in said))
        answer = await http.get(simulator.page_url("0198a0e0-0000-7000-8000-000000000001"))

    assert answer.status_code == 404


async def test_a_webhook_in_another_format_is_shown_and_acknowledged_by_its_headers(
    tinbai, simulated, http
):
    entry = ONE.told(1, 1)
    headers = {
        "tinbai-seq": "1",
        "tinbai-article": entry.id,
        "tinbai-version": "1",
        "tinbai-kind": "published",
        "content-type": "application/vnd.iptc.g2.newsitem+xml",
    }
    async with simulated("nothing") as simulator:
        body = "<newsItem>Tít & sapo</newsItem>"
        at = datetime.now(UTC)
        signed = {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(SECRET).sign("msg_1", at, body),
        }
        await http.post(simulator.webhook_url, content=body.encode(), headers=headers | signed)
        await until(lambda: tinbai.acknowledged)
        page = await http.get(simulator.page_url(entry.id))

    assert tinbai.acknowledged[0]["id"] == entry.id
    assert "&lt;newsItem&gt;" in page.text


async def test_a_feed_in_ninjs_is_shown_and_acknowledged_once(tinbai, simulated, http):
    news = article()

    def show(*versions: Article) -> None:
        names: dict[str, str] = {}
        tinbai.feed = feed_of([written(ninjs_of(each, names, SITE)) for each in versions])

    async with simulated("ninjs") as simulator:
        show(news, article())
        await until(lambda: len(tinbai.acknowledged) == 2)
        page = await http.get(simulator.page_url(str(news.id)))
        show(retraction(news.id), article())
        await until(lambda: len(tinbai.acknowledged) == 4)
        after = await http.get(simulator.page_url(str(news.id)))

    assert (page.status_code, after.status_code) == (200, 410)
    assert news.body in page.text
    states = [each["state"] for each in tinbai.acknowledged if each["id"] == str(news.id)]
    assert states == ["applied", "removed"]


async def test_at_the_command_line_it_runs_until_it_is_told_to_stop(tinbai, tmp_path):
    command = [
        *(sys.executable, "-m", "partner", "simulate", "--url", tinbai.url, "--port", "0"),
        *("--partner", CODE, "--folder", str(tmp_path / "box"), "--silent"),
    ]
    process = await asyncio.create_subprocess_exec(
        *command,
        env=os.environ | {"TINBAI_PARTNER_KEY": KEY},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    began = await process.stdout.readline()
    await tinbai.release(article())
    came = await process.stdout.readline()
    process.terminate()
    ended = await process.stdout.read()

    assert b"receives webhooks at http://127.0.0.1:" in began
    assert came.startswith(b"published 1: ")
    assert ended == b"stopped\n"
    assert await process.wait() == 0
