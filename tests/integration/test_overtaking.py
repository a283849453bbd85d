"""What is urgent, and what is taken back, overtakes what came before it."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.integration.backlog import pile_up
from tests.integration.services import NEWSROOM, Place
from tests.stack.processes import free_port_base, until

BEFORE = 10_000


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Give a place with ingest, and an old article of a unit."""
    it = Place(tmp_path / "data", free_port_base())
    with it.service("ingest", rate_per_second=1_000_000):
        for unit in ("HQ", "LOAD"):
            it.add_unit(unit)
        yield it


def test_they_overtake_a_batch_that_waits_for_kafka(place):
    with place.broker(), place.service("syndicate"):
        old = submit(place, "HQ", headline="Tin cũ")
        until(lambda: old in statuses(place, "units/HQ"))
    with place.service("syndicate"):
        send_batch(place)
        urgent = submit(place, "HQ", headline="Tin khẩn", urgency=1)
        retract(place, old)
        with place.broker():
            until_shown(place, urgent, old)
            assert left(place) > 0


def test_they_overtake_what_syndicate_has_to_catch_up_with(place):
    with place.broker():
        with place.service("syndicate"):
            old = submit(place, "HQ", headline="Tin cũ")
            until(lambda: old in statuses(place, "units/HQ"))
        asyncio.run(pile_up(place.bootstrap, BEFORE))
        urgent = submit(place, "HQ", headline="Tin khẩn", urgency=1)
        retract(place, old)
        with place.service("syndicate"):
            until_shown(place, urgent, old)
            assert left(place) > 0


def until_shown(place: Place, urgent: str, retracted: str) -> None:
    """Look all the time: it is to be seen before the rest has come."""

    def shown() -> bool:
        of_unit = statuses(place, "units/HQ")
        return urgent in of_unit and of_unit.get(retracted) == "retracted"

    until(shown, pause=0)
    until(lambda: urgent in statuses(place, "urgent"), pause=0)


def submit(place: Place, unit: str, **fields: object) -> str:
    answer = httpx2.post(
        f"{place.url('ingest')}/v1/articles?unit={unit}",
        json={"body": "<p>Nội dung.</p>", **fields},
        headers=NEWSROOM,
    )
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


def retract(place: Place, article: str) -> None:
    answer = httpx2.post(
        f"{place.url('ingest')}/v1/articles/{article}/retraction",
        json={"reason": "Số liệu sai.", "notice": "Đã rút."},
        headers=NEWSROOM,
    )
    assert answer.status_code == 200, answer.text


def send_batch(place: Place) -> None:
    lines = [
        json.dumps({"headline": f"Tin {number}", "body": f"<p>Nội dung {number}.</p>"})
        for number in range(BEFORE)
    ]
    answer = httpx2.post(
        f"{place.url('ingest')}/v1/batches?unit=LOAD",
        content="\n".join(lines).encode(),
        headers=NEWSROOM,
        timeout=60,
    )
    assert {json.loads(line)["code"] for line in answer.text.splitlines()} == {201}


def statuses(place: Place, feed: str) -> dict[str, str]:
    answer = httpx2.get(f"{place.url('syndicate')}/feeds/{feed}.json")
    items = answer.json()["items"] if answer.status_code == 200 else []
    return {item["id"].removeprefix("urn:uuid:"): item["_tinbai"]["status"] for item in items}


def left(place: Place) -> int:
    """Count the articles that the relay and syndicate have not come to yet."""
    # Of a topic whose turn has not come yet, nothing is told: then all of it is left.
    return place.lag("ingest")["outbox"] + place.lag("syndicate").get("articles", BEFORE)
