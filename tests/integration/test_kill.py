"""`kill -9` of each process in turn, under load: nothing lost, nothing twice, nothing goes back."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any

import feedparser
import httpx2
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from schemas.topics import ARTICLES, DEAD, Topic
from tests.integration.load import FEED_SIZE, UNITS, Load, Piece
from tests.integration.stacks import PORTS, Stack
from tests.stack.processes import DEADLINE, until

pytestmark = pytest.mark.xdist_group("stack")

SEED = int(os.environ.get("TINBAI_TEST_SEED", "2026"))
ROUNDS = int(os.environ.get("TINBAI_TEST_ROUNDS", "1"))
STEPS = 400  # a writer's, at most, in a round
KILLED = ("ingest", "syndicate", "archive", "broker")
SETTLED_WITHIN = 45.0  # seconds
FEEDS = ("latest", *(f"units/{unit}" for unit in UNITS))


@dataclass
class Kill:
    """When a process was killed, and when it was back and ready."""

    name: str
    at: float
    back: float


@dataclass
class Aftermath:
    """A stack that settled after the kills, and what it had acknowledged."""

    stack: Stack
    load: Load
    client: httpx2.Client
    kills: list[Kill] = field(default_factory=list)

    def ask(self, name: str, path: str, **headers: str) -> httpx2.Response:
        return self.client.get(self.stack.url(name) + path, headers=headers)

    def get(self, name: str, path: str, **headers: str) -> httpx2.Response:
        answer = self.ask(name, path, **headers)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer

    def all_items(self, name: str, path: str, **headers: str) -> list[dict[str, Any]]:
        """Walk through all pages of a list."""
        items, cursor = [], ""
        for _ in range(100):
            page = self.get(name, f"{path}?limit=40{cursor}", **headers).json()
            items += page["items"]
            if page["next"] is None:
                return items
            cursor = f"&cursor={page['next']}"
        raise AssertionError(f"{path} does not end")


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    """Kill each process in turn under load, and wait until all has settled."""
    print(f"TINBAI_TEST_SEED={SEED}")
    stack = Stack(tmp_path_factory.mktemp("killed") / "data")
    started = stack.up()
    assert started.returncode == 0, started.stderr
    try:
        with httpx2.Client(timeout=20) as client:
            with Load(stack, SEED, ROUNDS * STEPS) as load:
                it = Aftermath(stack, load, client)
                kill_each_in_turn(it)
                load.finish()
                await_settling(it)
            print(load.tally, it.kills)
            yield it
    finally:
        assert stack.tinbai("down").returncode == 0


def kill_each_in_turn(it: Aftermath) -> None:
    random = Random(SEED)
    for name in KILLED * ROUNDS:
        it.load.until_acknowledged(15)
        it.kills.append(kill(it, name, random.randint(15, 60)))
    it.load.until_acknowledged(20)


def await_settling(it: Aftermath) -> None:
    """Wait until all is as it should be, but not for ever: the tests say what is amiss."""
    with suppress(AssertionError):
        until(lambda: has_settled(it), SETTLED_WITHIN)


def kill(it: Aftermath, name: str, after: int) -> Kill:
    """Kill a process amid many calls; wait until another is in its place and ready."""
    pid = it.stack.pids()[name]
    with it.load.in_a_hurry():
        it.load.until_acknowledged(after)
        os.kill(pid, signal.SIGKILL)
    at = monotonic()

    def is_back() -> bool:
        process = it.stack.processes()[name]
        return process["pid"] not in (None, pid) and process["ready"] == "ready"

    until(is_back)
    return Kill(name, at, monotonic())


def has_settled(it: Aftermath) -> bool:
    states = [it.ask(name, "/readyz").json() for name in PORTS]
    if any(state["kafka"] != "up" or any(state["lag"].values()) for state in states):
        return False
    with suppress(AssertionError):  # a feed that nobody has heard of yet
        return not differences_in_archive(it) and all(
            titles_in_feed(it, name) == expected_titles(it, name) for name in FEEDS
        )
    return False


def test_units_were_served_while_each_process_was_away(aftermath):
    tally = aftermath.load.tally
    for kill in aftermath.kills:
        what = "unanswered" if kill.name == "ingest" else "acknowledged"
        assert tally.count(what, kill.at, kill.back) > 0, kill
    assert tally.count("acknowledged") > 200
    assert all(reader.looks > 50 for reader in aftermath.load.readers)


def test_every_acknowledged_article_stands_at_its_newest_version_in_the_archive(aftermath):
    assert not differences_in_archive(aftermath)


def test_a_retracted_article_has_left_its_notice_and_none_of_its_text(aftermath):
    feeds = [
        aftermath.get("syndicate", f"/feeds/{name}.{form}").text
        for name in FEEDS
        for form in ("rss", "atom", "json")
    ]
    for piece in retracted(aftermath.load.pieces):
        page = aftermath.ask("archive", f"/articles/{piece.id}")
        assert page.status_code == 410
        assert piece.notice in page.text
        shown = [page.text, *feeds] + [
            aftermath.get("archive", f"/v1/articles/{piece.id}{more}").text
            for more in ("", "/history")
        ]
        assert not [secret for secret in piece.secrets for text in shown if secret in text]


def test_the_history_holds_each_version_once(aftermath):
    for piece in usable(aftermath.load.pieces):
        history = aftermath.all_items("archive", f"/v1/articles/{piece.id}/history")
        told = sorted((entry["version"], entry["headline"]) for entry in history)
        assert told == sorted(piece.headlines.items())


def test_each_submission_became_one_article_of_its_unit(aftermath):
    for unit, key in aftermath.load.keys.items():
        listed = aftermath.all_items("ingest", "/v1/articles", Authorization=f"Bearer {key}")
        told = sorted((item["id"], item["external_id"], item["version"]) for item in listed)
        pieces = aftermath.load.pieces_of(unit)
        assert told == sorted((piece.id, piece.external_id, piece.version) for piece in pieces)


def test_the_archive_lists_each_article_once_and_the_newest_first(aftermath):
    listed = [item["id"] for item in aftermath.all_items("archive", "/v1/latest")]
    pieces = in_order(usable(aftermath.load.pieces))
    assert listed == [piece.id for piece in pieces]


def test_each_feed_shows_the_newest_once(aftermath):
    for name in FEEDS:
        assert titles_in_feed(aftermath, name) == expected_titles(aftermath, name), name


def test_each_feed_is_the_same_in_every_format(aftermath):
    for name in FEEDS:
        items = items_of_feed(aftermath, name)
        as_json = [(item["id"], item["title"], item["content_html"]) for item in items]
        for piece, (_, _, html) in zip(newest(aftermath, name), as_json, strict=True):
            assert (piece.notice or f"Nội dung {piece.name} bản {piece.version}.") in html
        for form in ("rss", "atom"):
            parsed = feedparser.parse(aftermath.get("syndicate", f"/feeds/{name}.{form}").content)
            told = [(e.id, e.title, e.content[0].value) for e in parsed.entries]
            assert told == as_json, f"{name}.{form}"


def test_no_reader_saw_a_step_back(aftermath):
    for reader in aftermath.load.readers:
        assert reader.steps_back == []


async def test_kafka_holds_every_released_version_and_each_article_in_order(aftermath):
    records = await records_of(ARTICLES, aftermath.stack.bootstrap())
    lanes: dict[str, set[int]] = {}
    versions: dict[str, dict[int, Any]] = {}
    for record in records:  # in the order of each partition
        article, version = record.key.decode().split(":")
        lanes.setdefault(article, set()).add(record.partition)
        versions.setdefault(article, {}).setdefault(int(version), json.loads(record.value))

    pieces = {piece.id: piece for piece in aftermath.load.pieces}
    assert versions.keys() == pieces.keys()
    for article, piece in pieces.items():
        assert len(lanes[article]) == 1, piece
        assert list(versions[article]) == list(range(1, piece.version + 1)), piece
        assert not wrong_in_record(piece, versions[article])


async def test_nothing_was_parked(aftermath):
    parked = await records_of(DEAD, aftermath.stack.bootstrap())
    assert [record.value for record in parked] == []


def retracted(pieces: list[Piece]) -> list[Piece]:
    found = [piece for piece in pieces if piece.retracted]
    assert found
    return found


def usable(pieces: list[Piece]) -> list[Piece]:
    return [piece for piece in pieces if not piece.retracted]


def in_order(pieces: list[Piece]) -> list[Piece]:
    return sorted(pieces, key=lambda piece: (piece.place, piece.id), reverse=True)


def differences_in_archive(it: Aftermath) -> list[str]:
    """Say of each article that is not as it was acknowledged what the archive gives."""
    given = [(piece, it.ask("archive", f"/v1/articles/{piece.id}")) for piece in it.load.pieces]
    return [f"{piece}: {got.text}" for piece, got in given if not is_as_acknowledged(piece, got)]


def is_as_acknowledged(piece: Piece, answer: httpx2.Response) -> bool:
    if answer.status_code != 200:
        return False
    article = answer.json()
    if article["version"] != piece.version:
        return False
    if piece.retracted:
        return bool(
            article["pub_status"] == "canceled"
            and article["retraction"]["notice"] == piece.notice
            and not any(secret in answer.text for secret in piece.secrets)
        )
    return bool(article["pub_status"] == "usable" and article["headline"] == piece.headline)


def items_of_feed(it: Aftermath, name: str) -> list[dict[str, Any]]:
    return it.get("syndicate", f"/feeds/{name}.json").json()["items"]


def titles_in_feed(it: Aftermath, name: str) -> list[tuple[str, str, int]]:
    items = items_of_feed(it, name)
    return [(item["id"], item["title"], item["_tinbai"]["version"]) for item in items]


def expected_titles(it: Aftermath, name: str) -> list[tuple[str, str, int]]:
    return [
        (
            f"urn:uuid:{piece.id}",
            "Tin đã được rút" if piece.retracted else piece.headline,
            piece.version,
        )
        for piece in newest(it, name)
    ]


def newest(it: Aftermath, name: str) -> list[Piece]:
    """Give what a feed must hold, in its order."""
    unit = name.removeprefix("units/")
    pieces = it.load.pieces if name == "latest" else it.load.pieces_of(unit)
    return in_order(pieces)[:FEED_SIZE]


def wrong_in_record(piece: Piece, events: dict[int, Any]) -> list[Any]:
    """Give the events that do not tell what was acknowledged."""
    last = piece.version if piece.retracted else 0
    return [
        event
        for version, event in events.items()
        if event["article"]["id"] != piece.id
        or event["article"]["version"] != version
        or (event["article"].get("pub_status", "usable") == "canceled") != (version == last)
        or (version != last and event["article"]["headline"] != piece.headlines[version])
    ]


async def records_of(topic: Topic, bootstrap: str) -> list[ConsumerRecord]:
    """Read all of a topic."""
    places = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    async with consumer, asyncio.timeout(DEADLINE):
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        records: list[ConsumerRecord] = []
        for place in places:
            while await consumer.position(place) < ends[place]:
                for batch in (await consumer.getmany(place, timeout_ms=200)).values():
                    records += batch
    return records
