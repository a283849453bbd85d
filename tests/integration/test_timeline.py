"""A unit asks what became of its article: on a real stack, also when services are killed."""

import asyncio
import base64
import json
import os
import signal
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas.events import DeliveryChanged
from schemas.topics import DEAD, DELIVERIES
from services.common.ids import new_id
from services.common.instants import now
from tests.factories import TRACE
from tests.integration.stacks import PUBLISHED, Stack
from tests.stack.processes import until

pytestmark = pytest.mark.xdist_group("shared")

WHOLE_WAY = ["received", "accepted", "published", "listed", "indexed"]


@pytest.fixture(scope="module")
def asked(shared: Stack) -> Stack:
    shared.add_unit("ASK")
    return shared


def timeline(stack: Stack, article: str, version: int = 1) -> list[dict[str, Any]]:
    answer = stack.ask("GET", f"/v1/articles/{article}/timeline")
    assert answer.status_code == 200, answer.text
    return [item for item in answer.json()["items"] if item["version"] == version]


def told(stack: Stack, article: str, version: int = 1) -> set[str]:
    return {item["event"] for item in timeline(stack, article, version)}


def until_told(stack: Stack, article: str, events: list[str], version: int = 1) -> None:
    until(lambda: told(stack, article, version) >= set(events))


def in_order(items: list[dict[str, Any]]) -> list[str]:
    """The events by time. Feeds and index are filled beside each other: `indexed` stands last."""
    assert [item["at"] for item in items] == sorted(item["at"] for item in items)
    return sorted((item["event"] for item in items), key=lambda event: event == "indexed")


def test_is_it_out_is_answered_a_moment_after_it_was_handed_in(asked):
    made = asked.submit("ASK", headline="Ra chưa")

    until_told(asked, made["id"], WHOLE_WAY)

    items = timeline(asked, made["id"])
    assert in_order(items) == WHOLE_WAY
    assert made["id"] in asked.feed_ids("units/ASK")
    assert asked.get("archive", f"/v1/articles/{made['id']}").status_code == 200
    who = {item["event"]: item["service"] for item in items}
    assert (who["published"], who["listed"], who["indexed"]) == ("ingest", "syndicate", "archive")


def test_a_correction_and_a_retraction_are_followed_to_their_end_too(asked):
    made = asked.submit("ASK", headline="120 container")
    until_told(asked, made["id"], WHOLE_WAY)
    corrected = {"headline": "102", "body": "<p>102.</p>", "correction_note": "Số đúng là 102."}
    path = f"/v1/articles/{made['id']}"
    assert asked.ask("PUT", path, corrected, If_Match='"1"').is_success
    until_told(asked, made["id"], WHOLE_WAY, version=2)
    assert "102" in [item["title"] for item in asked.feed("units/ASK")]

    why = {"reason": "Nhầm hồ sơ.", "notice": "Tin đã được rút."}
    assert asked.ask("POST", f"{path}/retraction", why).is_success
    end = ["received", "retracted", "published", "listed", "indexed"]
    until_told(asked, made["id"], end, version=3)

    at = {item["event"]: item["at"] for item in reversed(timeline(asked, made["id"], version=3))}
    assert at["received"] <= at["retracted"] <= at["published"] <= min(at["listed"], at["indexed"])
    assert "102" not in [item["title"] for item in asked.feed("units/ASK")]


def test_an_urgent_item_is_told_by_both_ways_it_left(asked):
    made = asked.submit("ASK", headline="Khẩn", urgency=1)

    def ways() -> set[str]:
        items = timeline(asked, made["id"])
        return {item["topic"] for item in items if item["event"] == "published"}

    until(lambda: ways() == {"articles", "articles.express"})


def test_what_stands_in_feeds_and_index_is_told_although_the_services_are_killed(asked):
    made = [asked.submit("ASK", headline=f"Tin {n}")["id"] for n in range(15)]
    pids = asked.pids()
    for name in ("syndicate", "archive"):
        os.kill(pids[name], signal.SIGKILL)
    made += [asked.submit("ASK", headline=f"Tin sau {n}")["id"] for n in range(5)]

    until(lambda: all(told(asked, article) >= set(WHOLE_WAY) for article in made))

    for article in made:
        assert len(timeline(asked, article)) == len(WHOLE_WAY), "each is told once"


def test_how_far_ingest_has_read_what_the_others_tell_is_shown(asked):
    until(lambda: asked.lag("ingest").get("deliveries") == 0)


def test_the_request_id_is_followed_back_to_ingest(asked):
    body = {"headline": "Theo dấu", "body": "<p>x</p>"}
    answer = asked.ask("POST", "/v1/articles?unit=ASK", body, X_Request_ID="what-became-1")
    article = answer.json()["id"]
    until_told(asked, article, WHOLE_WAY)

    def taken() -> int:
        lines = asked.tinbai("logs", "--article", article).stdout.splitlines()
        return sum("hop_taken" in line and "what-became-1" in line for line in lines)

    until(lambda: taken() == 2)


async def test_what_partners_did_joins_it_and_a_bad_record_is_parked(asked):
    made = await asyncio.to_thread(asked.submit, "ASK")
    shown = delivered(UUID(made["id"]))
    partition = shown.partition_in(DELIVERIES)
    bad = f"bad-{made['id']}".encode()
    async with AIOKafkaProducer(bootstrap_servers=asked.bootstrap()) as producer:
        for key, value in ((bad, b"{}"), (shown.key.encode(), shown.to_bytes())):
            await producer.send_and_wait(DELIVERIES.name, value, key=key, partition=partition)

    await asyncio.to_thread(until_told, asked, made["id"], ["delivered"])

    [item] = [each for each in timeline(asked, made["id"]) if each["event"] == "delivered"]
    assert (item["partners"], item["detail"]) == (["bao-a"], "webhook")
    assert await parked_by(asked, bad) == ["ingest"]


def delivered(article: UUID) -> DeliveryChanged:
    return DeliveryChanged(
        id=new_id(),
        time=now(),
        producer="syndicate",
        trace=TRACE,
        article=article,
        version=1,
        state="delivered",
        partners=["bao-a"],
        detail="webhook",
    )


async def parked_by(stack: Stack, key: bytes) -> list[str]:
    """Who put the record with this key into the dead letters."""
    place = TopicPartition(DEAD.name, 0)
    async with AIOKafkaConsumer(bootstrap_servers=stack.bootstrap()) as consumer:
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        end = (await consumer.end_offsets([place]))[place]
        letters = []
        while await consumer.position(place) < end:
            letters.append(json.loads((await consumer.getone()).value))
    wanted = base64.b64encode(key).decode()
    return [each["producer"] for each in letters if each["record_key_base64"] == wanted]


def test_who_submits_a_file_with_one_article_is_told_where_to_look(asked, tmp_path):
    (tmp_path / "one.json").write_text(json.dumps(PUBLISHED))

    said = asked.tinbai("submit", str(tmp_path / "one.json"), "--unit", "ASK").stdout

    article = said.split()[-1]
    assert f"tinbai timeline {article}" in said
    until_told(asked, article, WHOLE_WAY)


def test_on_the_command_line_it_is_a_table(asked):
    made = asked.submit("ASK", headline="Bảng")
    until_told(asked, made["id"], WHOLE_WAY)

    shown = asked.tinbai("timeline", made["id"])

    assert shown.returncode == 0, shown.stderr
    for event in WHOLE_WAY:
        assert event in shown.stdout
    assert asked.tinbai("timeline", "no-such-article").returncode == 1
