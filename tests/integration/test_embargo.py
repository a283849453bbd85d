"""Two hundred embargoes that end in one second, under load: none early, all released."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from schemas.topics import ARTICLES
from tests.integration.services import NEWSROOM, Place
from tests.integration.test_kafka_away import Caller, at_work
from tests.integration.test_kill import records_of
from tests.stack.processes import free_port_base, until

HELD = 200
LEAD = timedelta(seconds=8)  # to hand all of them in


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "data", free_port_base())


def test_none_is_in_kafka_or_in_a_feed_before_its_time_and_all_are_after_it(place):
    with place.broker(), place.service("ingest"), place.service("syndicate", feed_size=1000):
        until(lambda: all(place.kafka_is_up(name) for name in ("ingest", "syndicate")))
        place.add_unit("HELD")
        place.add_unit("HQ0")
        due = (datetime.now(UTC) + LEAD).replace(microsecond=0)
        with at_work([Caller(place, "HQ0")]):
            held = hand_in(place, due)
            assert datetime.now(UTC) < due, "it took too long to hand them in"
            seen = first_seen(place, held)
        records = asyncio.run(records_of(ARTICLES, place.bootstrap))

    in_kafka = {
        record.key.decode().split(":")[0]: record.timestamp / 1000 - due.timestamp()
        for record in records
    }
    late = sorted(in_kafka[article] for article in held)
    shown = sorted(at - due.timestamp() for at in seen.values())
    print(
        f"after its time: in Kafka {late[0]:.3f} to {late[-1]:.3f} s, "
        f"seen in the feed {shown[0]:.3f} to {shown[-1]:.3f} s"
    )
    assert late[0] >= 0
    assert shown[0] >= 0


def hand_in(place: Place, due: datetime) -> set[str]:
    lines = [
        {
            "headline": f"Tin giữ {number}",
            "body": f"<p>Nội dung {number}.</p>",
            "embargoed_until": due.isoformat(),
        }
        for number in range(HELD)
    ]
    answer = httpx2.post(
        f"{place.url('ingest')}/v1/batches?unit=HELD",
        content="\n".join(map(json.dumps, lines)).encode(),
        headers=NEWSROOM,
        timeout=20,
    )
    answers = [json.loads(line) for line in answer.text.splitlines()]
    assert {answer["status"] for answer in answers} == {"embargoed"}
    return {answer["id"] for answer in answers}


def first_seen(place: Place, held: set[str]) -> dict[str, float]:
    """Read the feed again and again; tell when each article was first there."""
    seen: dict[str, float] = {}
    with httpx2.Client(base_url=place.url("syndicate"), timeout=20) as client:

        def all_seen() -> bool:
            answer = client.get("/feeds/units/HELD.json")
            at = time.time()
            for item in answer.json()["items"]:
                seen.setdefault(item["id"].removeprefix("urn:uuid:"), at)
            return seen.keys() == held

        until(all_seen)
    return seen
