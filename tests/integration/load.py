"""A load: units that submit, correct, take back and repeat, and readers who watch meanwhile."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from threading import Event, Lock
from time import monotonic
from typing import Any, Self

import httpx2

from tests.integration.stacks import Stack
from tests.stack.processes import DEADLINE, until

WRITERS = 6
# So many that the feed of each still holds all that it ever took, and shows what it lost.
UNITS = tuple(f"HQ{number:02}" for number in range(5 * WRITERS))
PAUSE = 0.8  # a writer's between two steps, at most, in seconds
FEED_SIZE = 50
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Piece:
    """An article as its unit knows it: nothing but what ingest acknowledged."""

    unit: str
    name: str
    submission: dict[str, Any]
    idempotency_key: str
    id: str = ""
    version: int = 0
    place: datetime = NEVER  # in feeds: a retraction moves up, a correction stays
    headlines: dict[int, str] = field(default_factory=dict)
    notice: str = ""

    @property
    def retracted(self) -> bool:
        return bool(self.notice)

    @property
    def headline(self) -> str:
        return self.headlines[self.version]

    @property
    def external_id(self) -> str | None:
        return self.submission.get("external_id")

    @property
    def secrets(self) -> list[str]:
        """What no reader may find once it is retracted."""
        return [f"{self.name} bản", f"Lý do {self.name}"]


def number_of(headline: str) -> int:
    """Read the version that stands in a headline of the load."""
    found = re.fullmatch(r"Tin \S+ bản (\d+)", headline)
    assert found, headline
    return int(found[1])


def text(name: str, version: int) -> dict[str, str]:
    """Say in headline, lead and body which version it is."""
    return {
        "headline": f"Tin {name} bản {version}",
        "lead": f"Sapo {name} bản {version}.",
        "body": f"<p>Nội dung {name} bản {version}.</p>",
    }


class Tally:
    """When calls were begun, answered and not answered."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._times: dict[str, list[float]] = {"begun": [], "acknowledged": [], "unanswered": []}

    def add(self, what: str) -> None:
        with self._lock:
            self._times[what].append(monotonic())

    def __repr__(self) -> str:
        return " ".join(f"{what}={len(times)}" for what, times in self._times.items())

    def count(self, what: str, since: float = 0, to: float = float("inf")) -> int:
        with self._lock:
            return sum(since <= time <= to for time in self._times[what])


class Writer:
    """Someone who does one thing after the other for some units until it is over."""

    def __init__(self, stack: Stack, keys: dict[str, str], random: Random, tally: Tally):
        self.pieces: list[Piece] = []
        self._keys = keys
        self._random = random
        self._tally = tally
        self._client = httpx2.Client(base_url=stack.url("ingest"), timeout=5)

    def work(self, steps: int, hurry: Event, over: Event) -> None:
        with self._client:
            for _ in range(steps):
                self._step()
                pause = self._random.uniform(0, PAUSE)
                if over.wait(0 if hurry.is_set() else pause):
                    return

    def _step(self) -> None:
        usable = [piece for piece in self.pieces if not piece.retracted]
        dice = self._random.random()
        if dice < 0.55 or len(usable) < 2:
            self._submit()
        elif dice < 0.82:
            # The first one is corrected again and again: a reader watches it.
            self._correct(self._random.choice([usable[0], *usable[-6:]]))
        elif dice < 0.92:
            self._retract(self._random.choice(usable[1:]))
        else:
            self._submit_again(self._random.choice(self.pieces))

    def _submit(self) -> None:
        """Submit with an Idempotency-Key, an external_id or both: each must do by itself."""
        unit = self._random.choice(list(self._keys))
        name = f"{unit}-{len(self.pieces):03}"
        kind = self._random.choice(["key", "external_id", "both"])
        submission: dict[str, Any] = text(name, 1)
        if kind != "key":
            submission["external_id"] = f"ngoai-{name}"
        key = f"khoa-{name}" if kind != "external_id" else ""
        piece = Piece(unit, name, submission, key)
        answer = self._post(piece)
        piece.id = answer["id"]
        piece.place = datetime.fromisoformat(answer["published"])
        self._acknowledge(piece, answer)
        self.pieces.append(piece)

    def _submit_again(self, piece: Piece) -> None:
        if piece.idempotency_key or piece.version == 1:
            assert self._post(piece)["id"] == piece.id, f"{piece} stands twice"

    def _correct(self, piece: Piece) -> None:
        number = piece.version + 1
        answer, tries = self._call(
            piece.unit,
            "PUT",
            f"/v1/articles/{piece.id}",
            text(piece.name, number) | {"correction_note": f"Sửa lần {number}."},
            **{"If-Match": f'"{piece.version}"'},
        )
        if answer.status_code == 412 and tries > 1:  # an earlier try came through
            answer, _ = self._call(piece.unit, "GET", f"/v1/articles/{piece.id}")
        assert answer.status_code == 200, f"{piece}: {answer.text}"
        assert answer.json()["headline"] == text(piece.name, number)["headline"]
        self._acknowledge(piece, answer.json())

    def _retract(self, piece: Piece) -> None:
        why = {"reason": f"Lý do {piece.name}", "notice": f"Đã rút {piece.name}."}
        answer, _ = self._call(piece.unit, "POST", f"/v1/articles/{piece.id}/retraction", why)
        assert answer.status_code == 200, f"{piece}: {answer.text}"
        piece.notice = why["notice"]
        piece.place = datetime.fromisoformat(answer.json()["updated"])
        self._acknowledge(piece, answer.json())

    def _acknowledge(self, piece: Piece, answer: dict[str, Any]) -> None:
        assert answer["id"] == piece.id
        assert answer["version"] == piece.version + 1, f"{piece}: {answer}"
        assert answer["status"] == ("retracted" if piece.retracted else "published")
        piece.version += 1
        piece.headlines[piece.version] = answer["headline"]

    def _post(self, piece: Piece) -> dict[str, Any]:
        named = {"Idempotency-Key": piece.idempotency_key} if piece.idempotency_key else {}
        answer, _ = self._call(piece.unit, "POST", "/v1/articles", piece.submission, **named)
        assert answer.status_code in (200, 201), f"{piece}: {answer.text}"
        return answer.json()

    def _call(
        self, unit: str, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[httpx2.Response, int]:
        """Call until there is an answer; give it, and how many tries it took."""
        headers["Authorization"] = f"Bearer {self._keys[unit]}"
        end, tries = monotonic() + DEADLINE, 0
        while True:
            tries += 1
            self._tally.add("begun")
            try:
                answer = self._client.request(method, path, json=body, headers=headers)
            except httpx2.TransportError:
                self._tally.add("unanswered")
                assert monotonic() < end, f"{method} {path} had no answer in {tries} tries"
                Event().wait(0.05)
            else:
                if answer.is_success:
                    self._tally.add("acknowledged")
                return answer, tries


class Reader:
    """Someone who looks at the same thing again and again, and notes what went back."""

    def __init__(self, url: str):
        self.looks = 0
        self.steps_back: list[str] = []
        self._client = httpx2.Client(base_url=url, timeout=5)

    def work(self, over: Event) -> None:
        with self._client:
            while not over.wait(0.05):
                try:
                    self.look()
                except httpx2.TransportError:
                    continue  # it was killed
                self.looks += 1

    def look(self) -> None:
        raise NotImplementedError

    def expect(self, so: bool, otherwise: str) -> None:
        if not so:
            self.steps_back.append(f"look {self.looks}: {otherwise}")


class FeedReader(Reader):
    """Reads the feed of the latest."""

    def __init__(self, stack: Stack):
        super().__init__(stack.url("syndicate"))
        self._seen: dict[str, dict[str, Any]] = {}

    def look(self) -> None:
        answer = self._client.get("/feeds/latest.json")
        if self._seen and answer.status_code != 503:
            self.expect(answer.status_code == 200, f"the feed is gone: {answer.status_code}")
        if answer.status_code == 200:
            self._compare(answer.json()["items"])

    def _compare(self, items: list[dict[str, Any]]) -> None:
        ids = [item["id"] for item in items]
        self.expect(len(set(ids)) == len(ids), f"an article stands twice: {ids}")
        order = [(place_of(item), item["id"]) for item in items]
        self.expect(order == sorted(order, reverse=True), f"not in order: {order}")
        for item in items:
            if item["id"] in self._seen:
                self._compare_item(self._seen[item["id"]], item)
        self._expect_none_left(items)
        self._seen |= {item["id"]: item for item in items}

    def _compare_item(self, before: dict[str, Any], now: dict[str, Any]) -> None:
        self.expect(standing_of(before) <= standing_of(now), f"{before} became {now}")
        self.expect(before["date_published"] == now["date_published"], f"{before} became {now}")

    def _expect_none_left(self, items: list[dict[str, Any]]) -> None:
        """Nothing leaves but what newer ones push out at the end."""
        last = place_of(items[-1]) if len(items) == FEED_SIZE else None
        ids = {item["id"] for item in items}
        for it in self._seen.values():
            if last is None or place_of(it) > last:
                self.expect(it["id"] in ids, f"{it} left")


def is_retracted(item: dict[str, Any]) -> bool:
    return item["_tinbai"]["status"] == "retracted"


def place_of(item: dict[str, Any]) -> datetime:
    """Tell where an item stands in a feed: where it was published; a retraction moves up."""
    return datetime.fromisoformat(item["date_modified" if is_retracted(item) else "date_published"])


def standing_of(item: dict[str, Any]) -> tuple:
    """Tell how far an item of a feed has come, in all that tells it."""
    retracted = is_retracted(item)
    number = item["_tinbai"]["version"] if retracted else number_of(item["title"])
    assert number == item["_tinbai"]["version"], item
    return (retracted, number, datetime.fromisoformat(item["date_modified"]))


class ArchiveReader(Reader):
    """Reads the articles that are corrected again and again."""

    def __init__(self, stack: Stack, watched: Callable[[], list[Piece]]):
        super().__init__(stack.url("archive"))
        self._watched = watched
        self._seen: dict[str, int] = {}

    def look(self) -> None:
        for piece in self._watched():
            answer = self._client.get(f"/v1/articles/{piece.id}")
            if answer.status_code == 200:
                self._compare(answer.json())
            elif piece.id in self._seen and answer.status_code != 503:
                self.expect(False, f"{piece.id} is gone: {answer.status_code}")

    def _compare(self, now: dict[str, Any]) -> None:
        version = number_of(now["headline"])
        self.expect(version == now["version"], f"{now} is of two versions")
        before = self._seen.get(now["id"], 0)
        self.expect(before <= version, f"{now['id']} went back from {before} to {version}")
        self._seen[now["id"]] = version


class Load:
    """Writers and readers at work, until it is over for them."""

    def __init__(self, stack: Stack, seed: int, steps: int):
        self.tally = Tally()
        self.keys = {unit: _key_of_new_unit(stack, unit) for unit in UNITS}
        self.writers = list(self._writers(stack, seed))
        self.readers = [
            FeedReader(stack),
            ArchiveReader(stack, lambda: [w.pieces[0] for w in self.writers if w.pieces]),
        ]
        self._hurry, self._work_is_over, self._reading_is_over = Event(), Event(), Event()
        self._steps = steps
        self._pool = ThreadPoolExecutor(WRITERS + len(self.readers))
        self._working: list[Future[None]] = []
        self._reading: list[Future[None]] = []

    def _writers(self, stack: Stack, seed: int) -> Iterator[Writer]:
        for number in range(WRITERS):
            keys = {unit: self.keys[unit] for unit in UNITS[number::WRITERS]}
            yield Writer(stack, keys, Random(f"{seed}:{number}"), self.tally)

    def __enter__(self) -> Self:
        self._reading = [self._pool.submit(it.work, self._reading_is_over) for it in self.readers]
        self._working = [
            self._pool.submit(it.work, self._steps, self._hurry, self._work_is_over)
            for it in self.writers
        ]
        return self

    def __exit__(self, *_: object) -> None:
        self._work_is_over.set()
        self._reading_is_over.set()
        self._pool.shutdown()
        for done in self._reading:
            done.result()

    @contextmanager
    def in_a_hurry(self) -> Iterator[None]:
        """Have nobody pause, so that every process is busy."""
        self._hurry.set()
        yield
        self._hurry.clear()

    def until_acknowledged(self, more: int) -> None:
        """Wait until that many more calls were acknowledged."""
        before = self.tally.count("acknowledged")

        def is_so() -> bool:
            for stopped in filter(Future.done, [*self._working, *self._reading]):
                stopped.result()
                raise AssertionError("the load was over before the kills")
            return self.tally.count("acknowledged") >= before + more

        until(is_so)

    def finish(self) -> None:
        """Let each writer come to the end of what it does; readers go on reading."""
        self._work_is_over.set()
        for working in self._working:
            working.result(DEADLINE)

    @property
    def pieces(self) -> list[Piece]:
        return [piece for writer in self.writers for piece in writer.pieces]

    def pieces_of(self, unit: str) -> list[Piece]:
        return [piece for piece in self.pieces if piece.unit == unit]


def _key_of_new_unit(stack: Stack, unit: str) -> str:
    stack.add_unit(unit)
    answer = stack.ask("POST", f"/v1/admin/units/{unit}/keys")
    assert answer.status_code == 201, answer.text
    return answer.json()["key"]
