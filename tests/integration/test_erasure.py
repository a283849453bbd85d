"""The proof of an erasure: no byte of the text is found anywhere, on a real stack."""

import asyncio
import base64
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import tantivy
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.record.memory_records import MemoryRecords

from schemas.events import ARTICLE_EVENT, partition_of
from schemas.topics import ARTICLES, DEAD, EXPRESS, TOPICS
from tests.ingest.media.samples import jpeg
from tests.integration.stacks import PORTS, Stack
from tests.stack.processes import until

pytestmark = pytest.mark.xdist_group("stack")

WORD = "zqvxkwyj"
MARK = f"Dấu vết phải xóa {WORD}"
COMPACTED = (ARTICLES, EXPRESS, DEAD)
# So that Kafka compacts now what it would compact within a day.
AT_ONCE = {
    "segment.ms": "100",
    "min.cleanable.dirty.ratio": "0.0",
    "max.compaction.lag.ms": "100",
    "min.compaction.lag.ms": "0",
    "delete.retention.ms": "100",
    "file.delete.delay.ms": "100",
}
BROKER = "1"
PARTNER = "partner"
CLEANING = {"log.cleaner.backoff.ms": "200"}  # between two looks of Kafka's cleaner
WITHIN = 150.0  # seconds: it takes tombstones in a second round


def needles() -> list[bytes]:
    """The mark as it may stand in a file: plain, folded, in JSON and in base64 at each offset."""
    plain = MARK.encode()
    encoded = [base64.b64encode(bytes(shift) + plain)[4 * (shift > 0) : -4] for shift in range(3)]
    words = [WORD.encode()]  # alone it is what an index makes of it
    return [plain, json.dumps(MARK)[1:-1].encode(), *(each[4:] for each in encoded), *words]


NEEDLES = needles()


def found_in(data: bytes) -> bool:
    return any(needle in data for needle in NEEDLES)


def test_no_byte_of_an_erased_text_is_found_anywhere(stack: Stack) -> None:
    folder = stack.data / "partner"
    stack.environment["TINBAI_PARTNER_FOLDERS"] = str(folder)
    started = stack.up()
    assert started.returncode == 0, started.stderr
    stack.add_unit("HQ")
    add_partner(stack, folder)
    picture = upload(stack)
    erased = [versions_of_one(stack, picture), urgent(stack), retracted(stack)]
    never = marked(stack, embargoed_until="2999-01-01T00:00:00Z")
    others = [stack.submit("HQ", headline=f"Tin khác {n}")["id"] for n in range(20)]
    asyncio.run(break_records(stack.bootstrap(), erased[0]))
    stack.until_settled()
    until(lambda: others[-1] in stack.feed_ids())
    until(lambda: stack.get("archive", f"/media/{picture}").status_code == 200)
    until(lambda: asyncio.run(count_in_topics(stack.bootstrap())) >= 8)
    until(lambda: partner_has(stack, *erased, *others))
    everywhere = {"ingest", "syndicate", "archive", "broker", "media", "partner"}
    until(lambda: everywhere <= places(stack))
    assert set(served_to_partner(stack, erased))
    assert in_index(stack, WORD)

    for article in (*erased, never):
        path = f"/v1/admin/articles/{article}/erasure"
        assert stack.ask("POST", path, {"reason_code": "court-order"}).status_code == 200
        assert stack.ask("POST", path, {"reason_code": "court-order"}).status_code == 200

    for service, pid in stack.pids().items():
        if service in PORTS:
            os.kill(pid, signal.SIGKILL)

    until(lambda: answers(stack))
    until(lambda: all(each["cleaned"] and each["sent"] for each in erasures(stack)))
    stack.until_settled()
    until(lambda: all(page(stack, article) == 410 for article in erased))
    for article in erased:
        assert stack.get("archive", f"/v1/articles/{article}/history").json()["items"] == []
    assert stack.get("archive", f"/media/{picture}").status_code == 404
    asyncio.run(compact(stack.bootstrap()))
    until(lambda: closing_segments(stack) == 0, WITHIN)
    until_nowhere(stack)

    assert asyncio.run(count_in_topics(stack.bootstrap())) == 0
    assert list(everything_served(stack, erased, others)) == []
    assert list(served_to_partner(stack, erased)) == []
    assert len(list(folder.iterdir())) == len(erased) + len(others)
    assert set(stack.feed_ids()) == set(others)
    assert asyncio.run(records_left(stack.bootstrap())) == set(erased)

    assert in_index(stack, WORD) == 0 < in_index(stack, "khac")
    told = stack.ask("GET", f"/v1/articles/{erased[0]}").json()
    assert (told["status"], told["erased"]["reason_code"]) == ("erased", "court-order")


def add_partner(stack: Stack, folder: Path) -> None:
    """Have a partner that is given everything as files, and whose webhook takes nothing."""
    folder.mkdir()
    wishes = (
        ("", {"code": PARTNER, "name": "Báo A"}),
        (f"/{PARTNER}/ways", {"kind": "folder", "target": str(folder), "format": "ninjs"}),
        (f"/{PARTNER}/webhooks", {"url": "http://localhost:9/", "format": "json"}),
    )
    for path, wish in wishes:
        answer = httpx2.post(
            f"{stack.url('syndicate')}/v1/admin/partners{path}", json=wish, headers=admin(stack)
        )
        assert answer.status_code == 201, answer.text


def admin(stack: Stack) -> dict[str, str]:
    return {"Authorization": f"Bearer {stack.admin_key()}"}


def partner_has(stack: Stack, *articles: str) -> bool:
    """Whether the partner's folder has a file of each."""
    names = " ".join(path.name for path in (stack.data / PARTNER).iterdir())
    return all(article in names for article in articles)


def served_to_partner(stack: Stack, erased: list[str]) -> Iterator[str]:
    """Ask for all that a partner, and the newsroom of it, can ask for; give where the mark is."""
    own = f"/partners/{PARTNER}"
    extensions = ("rss", "atom", "json", "ninjs", "newsml")
    asked = [f"{own}/feed.{each}" for each in extensions]
    asked += [f"{own}/changes?limit=1000", f"{own}/acknowledgements", f"/v1/admin{own}/deliveries"]
    for article in erased:
        asked += [f"{own}/items/{article}.{each}" for each in extensions]
        asked += [f"{own}/explain/{article}", f"/v1/admin/articles/{article}/retraction-report"]
    for path in asked:
        if found_in(stack.get("syndicate", path, **admin(stack)).content):
            yield path


def answers(stack: Stack) -> bool:
    """Whether all services are there again."""
    try:
        return all(stack.get(name, "/readyz").status_code == 200 for name in PORTS)
    except httpx2.TransportError:
        return False


def page(stack: Stack, article: str) -> int:
    return stack.get("archive", f"/articles/{article}").status_code


def in_index(stack: Stack, word: str) -> int:
    """Count the documents with a word, the deleted ones that still lie in a file included."""
    indexes = stack.data / "archive" / "index"
    current = json.loads((indexes / "current.json").read_bytes())["folder"]
    index = tantivy.Index.open(str(indexes / current))
    return int(index.searcher().doc_freq("words", word))


def marked(stack: Stack, **fields: Any) -> str:
    submitted = stack.submit("HQ", **text(**fields))
    return str(submitted["id"])


def text(**fields: Any) -> dict[str, Any]:
    body = f"<p>{MARK} thân.</p>" + "".join(f"<p>{MARK} {n}.</p>" for n in range(30))
    names = ("headline", "lead", "ed_note", "usage_terms")
    return {name: f"{MARK} {name}" for name in names} | {"body": body, "contact": MARK} | fields


def upload(stack: Stack) -> str:
    answer = httpx2.post(
        f"{stack.url('ingest')}/v1/media",
        content=jpeg(),
        headers={"Authorization": f"Bearer {stack.admin_key()}"},
    )
    return str(answer.json()["id"])


def versions_of_one(stack: Stack, picture: str) -> str:
    media = [{"id": picture, "caption": MARK}]
    article = marked(stack, media=media, external_id=MARK)
    for version in (1, 2):
        changed = stack.ask(
            "PUT",
            f"/v1/articles/{article}",
            text(media=media) | {"correction_note": f"{MARK} sửa {version}"},
            If_Match=f'"{version}"',
        )
        assert changed.status_code == 200, changed.text
    return article


def urgent(stack: Stack) -> str:
    return marked(stack, urgency=1)


def retracted(stack: Stack) -> str:
    article = marked(stack)
    # Express may bring its end before it comes, and then no partner hears of either.
    until(lambda: article in stack.feed_ids())
    given = {"reason": MARK, "notice": MARK}
    answer = stack.ask("POST", f"/v1/articles/{article}/retraction", given)
    assert answer.status_code == 200, answer.text
    return article


async def break_records(bootstrap: str, article: str) -> None:
    """Put broken records with the text under the article's keys: they are parked."""
    value = json.dumps({"id": article, "article": MARK}, ensure_ascii=False).encode()
    place = partition_of(article, ARTICLES)
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for version in (2, 99):
            key = f"{article}:{version}".encode()
            await producer.send_and_wait(ARTICLES.name, value, key=key, partition=place)


def erasures(stack: Stack) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = stack.ask("GET", "/v1/admin/erasures").json()["items"]
    return items


async def compact(bootstrap: str) -> None:
    """Have Kafka close and compact all segments: settings, and a record more in each partition."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.alter_configs(
            [
                ConfigResource(ConfigResourceType.TOPIC, topic.name, topic.config | AT_ONCE)
                for topic in COMPACTED
            ]
        )
        broker = ConfigResource(ConfigResourceType.BROKER, BROKER, CLEANING)
        (answer,) = (await admin.alter_configs([broker]))[1:]
        assert not any(code for code, *_ in answer.resources), answer
    finally:
        await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for _ in range(2):
            await asyncio.sleep(0.5)  # older than `segment.ms`: the next record closes the segment
            for topic in COMPACTED:
                for partition in range(topic.partitions):
                    key = b"00000000-0000-7000-8000-000000000000:1"
                    await producer.send_and_wait(topic.name, None, key=key, partition=partition)


def logs(stack: Stack) -> Iterator[Path]:
    yield from (stack.data / "broker" / "log").rglob("*.log")


def closing_segments(stack: Stack) -> int:
    """Count files of segments that Kafka has replaced and not deleted yet."""
    folder = stack.data / "broker" / "log"
    return sum(1 for pattern in ("*.deleted", "*.cleaned", "*.swap") for _ in folder.rglob(pattern))


def places(stack: Stack) -> set[str]:
    """Look at every file below the data folder; say in which parts of it the mark is."""
    found = set()
    for path in stack.data.rglob("*"):
        try:
            data = path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:  # gone meanwhile
            continue
        if found_in(data) or any(map(found_in, unpacked(path, data))):
            found.add(path.relative_to(stack.data).parts[0])
    if (stack.data / "media").exists() and any(
        path.is_file() and "staging" not in path.parts  # there lies its lock
        for path in (stack.data / "media").rglob("*")
    ):
        found.add("media")
    return found


def until_nowhere(stack: Stack) -> None:
    """Wait until no file holds the mark; tell which parts still do."""
    end = time.monotonic() + WITHIN
    while found := places(stack):
        assert time.monotonic() < end, f"still in {found}"
        time.sleep(0.5)


def unpacked(path: Path, data: bytes) -> Iterator[bytes]:
    """Give what is in a segment of Kafka's: batches are compressed."""
    if ".log" not in path.suffixes or not path.parent.name.startswith(("articles", "registry")):
        return
    batches = MemoryRecords(data)
    while batches.has_next():
        batch = batches.next_batch()
        if batch is None:
            return
        for record in batch:
            yield (record.key or b"") + b" " + (record.value or b"")


async def everything(bootstrap: str) -> list[Any]:
    """Read every topic from its beginning."""
    taken: list[Any] = []
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        for topic in TOPICS:
            places = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
            ends = await consumer.end_offsets(places)
            consumer.assign(places)
            await consumer.seek_to_beginning(*places)
            began = time.monotonic()
            while any([await consumer.position(place) < end for place, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    taken += records
                assert time.monotonic() - began < WITHIN, topic.name
    return taken


async def count_in_topics(bootstrap: str) -> int:
    taken = await everything(bootstrap)
    return sum(found_in((record.key or b"") + (record.value or b"")) for record in taken)


async def records_left(bootstrap: str) -> set[str]:
    """Give the articles of which Kafka holds the record that stays."""
    events = [
        ARTICLE_EVENT.validate_json(record.value)
        for record in await everything(bootstrap)
        if record.topic == ARTICLES.name and record.value
    ]
    return {str(event.article.id) for event in events if event.article.erased}


def everything_served(stack: Stack, erased: list[str], others: list[str]) -> Iterator[str]:
    """Ask for every feed and page; give the addresses at which the mark is."""
    feeds = ["latest", "urgent", "corrections", "units/HQ", "languages/vi", "genres/news"]
    asked = [
        ("syndicate", f"/feeds/{feed}.{kind}") for feed in feeds for kind in ("rss", "atom", "json")
    ]
    asked += [("syndicate", "/"), ("archive", "/"), ("archive", "/v1/latest")]
    asked += [("archive", f"/v1/search?q={word}") for word in (WORD, "khác")]
    for article in (*erased, *others):
        asked += [("archive", f"/articles/{article}")]
        asked += [("archive", f"/v1/articles/{article}{of}") for of in ("", "/history", "/related")]
    for service, path in asked:
        answer = stack.get(service, path)
        if found_in(answer.content.replace(f"q={WORD}".encode(), b"")):
            yield service + path
    listed = stack.ask("GET", "/v1/articles")
    if found_in(listed.content):
        yield "ingest/v1/articles"
