"""How soon an urgent article and a retraction are in the feeds, with many articles before them.

`python -m bench.overtaking` prints the table for docs/figures.md: first behind a batch that ingest
has taken and not yet relayed, then while syndicate works off a backlog.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.integration.backlog import pile_up
from tests.integration.services import NEWSROOM, Place, is_relayed
from tests.stack.processes import free_port_base, until

_BATCHED = 10_000
_BACKLOG = 100_000
_ROUNDS = 10
_APART = 1.0  # seconds
_PATIENCE = 300.0  # seconds


@dataclass(frozen=True)
class Overtaking:
    """How long after its answer each was in its feed, and what was behind it by then."""

    urgent: float
    retraction: float
    left: int


def main(backlog: int = _BACKLOG) -> None:
    """Measure, and print a table in Markdown."""
    with tempfile.TemporaryDirectory(prefix="tinbai-bench-") as folder:
        place = Place(Path(folder) / "data", free_port_base())
        with place.broker(), place.service("ingest", rate_per_second=1_000_000):
            with place.service("syndicate"):
                until(lambda: all(place.kafka_is_up(name) for name in ("ingest", "syndicate")))
                place.add_unit("HQ")
                place.add_unit("LOAD")
                _print(f"behind a batch of {_BATCHED:,}", list(_behind_batches(place)))
                until(lambda: not _left(place), _PATIENCE)
            old = [_submit(place)["id"] for _ in range(_ROUNDS)]
            until(lambda: is_relayed(place))
            asyncio.run(pile_up(place.bootstrap, backlog))
            with place.service("syndicate"):
                begun = time.perf_counter()
                until(lambda: place.kafka_is_up("syndicate") and _left(place))
                _print(f"with {backlog:,} to catch up with", list(_while_behind(place, old)))
                until(lambda: not _left(place), _PATIENCE)
                print(f"\nCaught up after {time.perf_counter() - begun:.0f} s.")


def _behind_batches(place: Place) -> Iterator[Overtaking]:
    for number in range(3):
        old = _submit(place)["id"]
        until(lambda: is_relayed(place))
        lines = [
            {"headline": f"Tin {number}-{line}", "body": f"<p>Nội dung {number}-{line}.</p>"}
            for line in range(_BATCHED)
        ]
        answer = httpx2.post(
            f"{place.url('ingest')}/v1/batches?unit=LOAD",
            content="".join(json.dumps(line) + "\n" for line in lines).encode(),
            headers=NEWSROOM,
            timeout=_PATIENCE,
        )
        assert answer.status_code == 200
        yield _overtake(place, old)


def _while_behind(place: Place, old: list[str]) -> Iterator[Overtaking]:
    for each in old:
        yield _overtake(place, each)
        if not _left(place):
            return
        time.sleep(_APART)


def _overtake(place: Place, old: str) -> Overtaking:
    """Hand in an urgent article and take an old one back, one after the other's answer."""
    url = f"{place.url('ingest')}/v1/articles/{old}/retraction"
    made = _submit(place, urgency=1)
    urgent = time.perf_counter()
    httpx2.post(url, json={"reason": "sai", "notice": "Đã rút."}, headers=NEWSROOM)
    retracted = time.perf_counter()
    until(lambda: made["id"] in _feed(place, "urgent"), _PATIENCE)
    urgent = time.perf_counter() - urgent
    until(lambda: (old, "retracted") in _feed(place, "units/HQ").items(), _PATIENCE)
    return Overtaking(urgent, time.perf_counter() - retracted, _left(place))


def _submit(place: Place, **fields: object) -> dict[str, str]:
    answer = httpx2.post(
        f"{place.url('ingest')}/v1/articles?unit=HQ",
        json={"headline": "Tin khẩn", "body": "<p>Nội dung.</p>", **fields},
        headers=NEWSROOM,
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


def _feed(place: Place, name: str) -> dict[str, str]:
    answer = httpx2.get(f"{place.url('syndicate')}/feeds/{name}.json")
    items = answer.json()["items"] if answer.status_code == 200 else []
    return {item["id"].removeprefix("urn:uuid:"): item["_tinbai"]["status"] for item in items}


def _left(place: Place) -> int:
    return sum(sum(place.lag(name).values()) for name in ("ingest", "syndicate"))


def _print(where: str, rounds: list[Overtaking]) -> None:
    print(f"\n| {where} | urgent article, s | retraction, s | records behind then |")
    print("|---|---|---|---|")
    for number, each in enumerate(rounds, 1):
        print(f"| {number} | {each.urgent:.2f} | {each.retraction:.2f} | {each.left:,} |")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
