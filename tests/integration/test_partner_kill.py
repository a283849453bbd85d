"""`kill -9` of syndicate again and again while partners are pushed to and pull: nothing is lost, a
webhook that comes twice is the same one, and no old text comes after a newer one."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx2

from partner.client import Client
from partner.entry import Entry
from partner.report import Report, report
from partner.simulating.behaviour import Behaviour
from partner.simulating.simulator import Plan, Simulator
from tests.integration.services import NEWSROOM, Place, is_relayed
from tests.stack.processes import free_port_base, until

SEED = int(os.environ.get("TINBAI_TEST_SEED", "2026"))
KILLS = 3 * int(os.environ.get("TINBAI_TEST_ROUNDS", "1"))
UNIT = "HQHP"
MOST = 25  # articles
SETTLED_WITHIN = 60.0  # seconds

PUSHED, FLAPPING, PULLING = "bao-day", "bao-chap-chon", "bao-keo"
URGENT = 5  # of the products' `max_urgency`


@dataclass(frozen=True)
class Came:
    """A request to a webhook, whatever it was answered."""

    message: str
    seq: int
    article: str
    replay: bool


class Watched(Simulator):
    """A partner that notes the requests to its webhook as they arrive."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.came: list[Came] = []

    async def receive(self, body: bytes, headers: Mapping[str, str]) -> int:
        seq, article = int(headers["tinbai-seq"]), headers["tinbai-article"]
        replay = "tinbai-replay" in headers
        self.came.append(Came(headers["webhook-id"], seq, article, replay))
        return await super().receive(body, headers)


@dataclass
class Newsroom:
    """Publishes, corrects and retracts, one act at a time."""

    http: httpx2.AsyncClient
    random: Random
    standing: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Articles that are not retracted, with their version and urgency."""
    acts: int = 0

    async def work(self, over: asyncio.Event) -> None:
        """Go on until it is over."""
        while not over.is_set():
            await self._act()
            self.acts += 1
            await asyncio.sleep(self.random.uniform(0, 0.15))

    async def _act(self) -> None:
        urgency = self.random.choice((1, 4, 4, 4, 8))
        text = {"headline": f"Tin {self.acts}", "body": "<p>Tin.</p>", "urgency": urgency}
        if len(self.standing) < MOST:
            answer = await self.http.post(f"/v1/articles?unit={UNIT}", json=text)
            assert answer.status_code == 201, answer.text
            self.standing[answer.json()["id"]] = (1, urgency)
            return
        article = self.random.choice(list(self.standing))
        path, (version, _) = f"/v1/articles/{article}", self.standing[article]
        if self.random.random() < 0.3:
            why = {"reason": "Sai.", "notice": "Đã rút."}
            answer = await self.http.post(f"{path}/retraction", json=why)
            del self.standing[article]
        else:
            answer = await self.http.put(
                path,
                json=text | {"correction_note": "Sửa."},
                headers={"If-Match": f'"{version}"'},
            )
            self.standing[article] = (version + 1, urgency)
        assert answer.status_code == 200, answer.text

    def due(self) -> dict[str, int]:
        """Say what the partners' products hold."""
        return {
            article: version
            for article, (version, urgency) in self.standing.items()
            if urgency <= URGENT
        }


@dataclass
class Scene:
    """All who take part."""

    place: Place
    partners: dict[str, Watched] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Call syndicate as the newsroom."""
        url = f"{self.place.url('syndicate')}/v1/admin/partners{path}"
        answer = httpx2.request(method, url, json=body, headers=NEWSROOM, timeout=20)
        assert answer.is_success, answer.text
        return answer.json()

    def add_partner(self, code: str, folder: Path, source: str, behaviour: Behaviour) -> None:
        self.ask("POST", "", {"code": code, "name": code, "product": {"max_urgency": URGENT}})
        self.keys[code] = self.ask("POST", f"/{code}/keys")["key"]
        port = free_port_base()
        secrets: tuple[str, ...] = ()
        if source == "nothing":
            hook = {"url": f"http://127.0.0.1:{port}/webhook"}
            secrets = (self.ask("POST", f"/{code}/webhooks", hook)["secret"],)
        plan = Plan(
            self.place.url("syndicate"),
            code,
            self.keys[code],
            folder / code,
            source,
            secrets,
            port=port,
        )
        self.partners[code] = Watched(plan, behaviour, say=lambda _: None)

    def deliveries(self, code: str, state: str) -> list[dict[str, Any]]:
        query = f"state={state}&limit=1000"
        found: list[dict[str, Any]] = self.ask("GET", f"/{code}/deliveries?{query}")["items"]
        return found

    def told(self, code: str) -> list[Entry]:
        with Client(self.place.url("syndicate"), code, self.keys[code]) as client:
            return [entry for page in client.all_changes() for entry in page]

    def report(self, code: str) -> Report:
        with Client(self.place.url("syndicate"), code, self.keys[code]) as client:
            return report(self.partners[code].plan.folder / "mirror", client, 0)

    def shown(self, code: str) -> dict[str, int]:
        return {each.id: each.version for each in self.partners[code].mirror.standing()}


@asynccontextmanager
async def at_work(scene: Scene) -> AsyncIterator[None]:
    """Have the partners at work."""
    async with AsyncExitStack() as all_of_them:
        for partner in scene.partners.values():
            await all_of_them.enter_async_context(partner.running())
        yield


def test_partners_miss_nothing_when_syndicate_is_killed(tmp_path: Path) -> None:
    scene = Scene(Place(tmp_path / "data", free_port_base()))
    with ExitStack() as running:
        running.enter_context(scene.place.broker())
        running.enter_context(scene.place.service("ingest"))
        scene.place.add_unit(UNIT)
        syndicate = start_syndicate(scene.place, running)
        scene.add_partner(PUSHED, tmp_path, "nothing", Behaviour(slow=0.05))
        scene.add_partner(FLAPPING, tmp_path, "nothing", Behaviour(flapping=True))
        scene.add_partner(PULLING, tmp_path, "changes", Behaviour())
        due = asyncio.run(live_through_kills(scene, syndicate, running))
        for code in scene.partners:
            check(scene, code, due)


async def live_through_kills(
    scene: Scene, syndicate: "subprocess.Popen[bytes]", running: ExitStack
) -> dict[str, int]:
    """Work on while syndicate is killed, then let all settle; give what the products hold."""
    random, url, over = Random(SEED), scene.place.url("ingest"), asyncio.Event()
    async with (
        httpx2.AsyncClient(base_url=url, headers=NEWSROOM, timeout=20) as http,
        at_work(scene),
    ):
        newsroom = Newsroom(http, random)
        working = asyncio.create_task(newsroom.work(over))
        for _ in range(KILLS):
            await asyncio.sleep(random.uniform(0.5, 3))
            syndicate.kill()
            syndicate.wait()
            syndicate = await asyncio.to_thread(start_syndicate, scene.place, running)
        await asyncio.sleep(1)
        over.set()
        await working
        await asyncio.to_thread(until, lambda: has_settled(scene, newsroom), SETTLED_WITHIN)
        for code in (PUSHED, FLAPPING):
            await asyncio.to_thread(check_deliveries, scene, code)
        scene.partners[FLAPPING].behaviour = Behaviour()
        await asyncio.to_thread(scene.ask, "POST", f"/{FLAPPING}/replay", {})
        await asyncio.to_thread(until, lambda: not scene.deliveries(FLAPPING, "waiting"))
    calls = [each.message for partner in scene.partners.values() for each in partner.came]
    print(f"{newsroom.acts} acts, {len(calls)} calls, {len(calls) - len(set(calls))} of them again")
    return newsroom.due()


def start_syndicate(place: Place, running: ExitStack) -> "subprocess.Popen[bytes]":
    return running.enter_context(place.service("syndicate", allowed_targets="127.0.0.0/8"))


def has_settled(scene: Scene, newsroom: Newsroom) -> bool:
    """Whether all that was acknowledged has reached each partner, or was tried there."""
    return (
        is_relayed(scene.place)
        and not any(scene.place.lag("syndicate").values())
        and scene.shown(PULLING) == newsroom.due()
        and not scene.deliveries(PUSHED, "waiting")
        and all(each["attempts"] for each in scene.deliveries(FLAPPING, "waiting"))
    )


def check_deliveries(scene: Scene, code: str) -> None:
    """Each entry that counts was delivered, or waits for its next attempt."""
    delivered = {each["seq"] for each in scene.deliveries(code, "delivered")}
    waiting = {each["seq"] for each in scene.deliveries(code, "waiting") if each["due_at"]}
    counting = {entry.seq for entry in scene.told(code) if entry.superseded is None}
    assert counting <= delivered | waiting


def check(scene: Scene, code: str, due: dict[str, int]) -> None:
    """The partner holds its product, provably; and nothing came that must not."""
    told = scene.told(code)
    assert [entry.seq for entry in told] == list(range(1, len(told) + 1))
    assert scene.shown(code) == due
    assert scene.report(code).findings == []

    last: dict[str, int] = {}
    seqs: dict[str, int] = {}
    messages: dict[int, str] = {}
    for each in scene.partners[code].came:
        assert each.seq >= last.get(each.article, 0), "an old text after a newer one"
        last[each.article] = each.seq
        assert seqs.setdefault(each.message, each.seq) == each.seq
        if not each.replay:
            assert messages.setdefault(each.seq, each.message) == each.message
