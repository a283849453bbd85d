"""Kafka is away while units submit: they notice nothing, and nothing is lost or out of order."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic

import httpx2
import pytest

from schemas.topics import ARTICLES
from tests.integration.services import NEWSROOM, Place
from tests.integration.test_kill import records_of
from tests.stack.processes import free_port_base, until

OUTAGE = float(os.environ.get("TINBAI_TEST_OUTAGE", "15"))  # seconds
SETTLED = 3.0  # seconds of load before and after
CALLERS = 6
PAUSE = 0.12  # seconds between two calls of a caller
ANSWERED_WITHIN = 5.0  # seconds
CATCHING_UP = 120.0  # seconds


@dataclass
class Caller:
    """Someone in a unit who submits and changes, steadily; no call is made twice."""

    place: Place
    unit: str
    headlines: dict[str, list[str]] = field(default_factory=dict)
    answers: list[tuple[float, float]] = field(default_factory=list)
    """When each came, and how long it took."""

    def work(self, over: Event) -> None:
        url = self.place.url("ingest")
        with httpx2.Client(base_url=url, headers=NEWSROOM, timeout=ANSWERED_WITHIN) as client:
            while not over.wait(PAUSE):
                begun = monotonic()
                self._step(client)
                self.answers.append((monotonic(), monotonic() - begun))

    def _step(self, client: httpx2.Client) -> None:
        done = len(self.answers)
        if done % 5 < 2 or not self.headlines:
            made = _text(f"Tin {self.unit}-{done} bản 1")
            answer = client.post(f"/v1/articles?unit={self.unit}", json=made)
            assert answer.status_code == 201, answer.text
            self.headlines[answer.json()["id"]] = [made["headline"]]
            return
        article = list(self.headlines)[-1 - done % min(7, len(self.headlines))]
        known = self.headlines[article]
        made = _text(f"{known[0].rsplit(' ', 1)[0]} {len(known) + 1}")
        answer = client.put(
            f"/v1/articles/{article}",
            json=made | {"correction_note": "Sửa."},
            headers={"If-Match": f'"{len(known)}"'},
        )
        assert answer.status_code == 200, answer.text
        known.append(made["headline"])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "data", free_port_base())


@pytest.mark.parametrize("how", ["dead", "frozen"])
def test_every_submission_is_taken_and_all_are_in_the_feeds_afterwards(place, how):
    with ExitStack() as stack:
        first = stack.enter_context(place.broker())
        stack.enter_context(place.service("ingest"))
        stack.enter_context(place.service("syndicate", feed_size=1000))
        until(lambda: all(place.kafka_is_up(name) for name in ("ingest", "syndicate")))
        callers = [Caller(place, f"HQ{number}") for number in range(CALLERS)]
        for caller in callers:
            place.add_unit(caller.unit)

        with at_work(callers):
            Event().wait(SETTLED)
            went = monotonic()
            first.send_signal(signal.SIGSTOP if how == "frozen" else signal.SIGKILL)
            until(lambda: not place.kafka_is_up("ingest"))
            state = place.readiness("ingest")
            assert state
            assert state["ready"]
            Event().wait(went + OUTAGE - monotonic())
            waiting = place.lag("ingest")["outbox"]
            came = monotonic()
            if how == "frozen":
                first.send_signal(signal.SIGCONT)
            else:
                first.wait()
                stack.enter_context(place.broker())
            Event().wait(SETTLED)
        until(lambda: is_caught_up(place), CATCHING_UP)
        took = monotonic() - came

        waits = sorted(wait for caller in callers for _, wait in caller.answers)
        print(
            f"{len(waits)} answers, p50 {waits[len(waits) // 2]:.3f} s, "
            f"p99 {waits[int(len(waits) * 0.99)]:.3f} s, longest {waits[-1]:.3f} s; "
            f"{waiting} events waited; all done {took:.1f} s after Kafka came back"
        )
        for caller in callers:
            assert sum(went < at < came for at, _ in caller.answers) > OUTAGE
            assert feed_of(place, caller.unit) == {
                article: (len(known), known[-1]) for article, known in caller.headlines.items()
            }
        records = asyncio.run(records_of(ARTICLES, place.bootstrap))

    told: dict[str, dict[int, str]] = {}
    for record in records:  # in the order of each partition
        article, version = record.key.decode().split(":")
        headline = json.loads(record.value)["article"]["headline"]
        told.setdefault(article, {}).setdefault(int(version), headline)
    assert {article: list(versions.items()) for article, versions in told.items()} == {
        article: list(enumerate(known, 1))
        for caller in callers
        for article, known in caller.headlines.items()
    }


@contextmanager
def at_work(callers: list[Caller]) -> Iterator[None]:
    """Have them all at work until the body ends; what failed for one fails the test."""
    over = Event()
    with ThreadPoolExecutor(len(callers)) as pool:
        working = [pool.submit(caller.work, over) for caller in callers]
        try:
            yield
        finally:
            over.set()
        for each in working:
            each.result()


def is_caught_up(place: Place) -> bool:
    states = [place.readiness(name) or {} for name in ("ingest", "syndicate")]
    return all(
        state.get("kafka") == "up"
        and not any(state["lag"].values())
        and not state.get("feeds_waiting")
        for state in states
    )


def feed_of(place: Place, unit: str) -> dict[str, tuple[int, str]]:
    """Give version and title of each article that a unit's feed shows."""
    items = httpx2.get(f"{place.url('syndicate')}/feeds/units/{unit}.json").json()["items"]
    shown = {
        item["id"].removeprefix("urn:uuid:"): (item["_tinbai"]["version"], item["title"])
        for item in items
    }
    assert len(shown) == len(items)
    return shown


def _text(headline: str) -> dict[str, str]:
    return {"headline": headline, "body": f"<p>Nội dung của {headline}.</p>"}
