"""How soon an article is in the feeds: from ingest's 201 to the new bytes, beside a bare Kafka.

`python -m bench.feeds` prints the table for docs/figures.md. The peer is aiokafka's producer and
consumer in one process, idempotent, acks=all, its other settings at their defaults; it sends the
same bytes at the same pace, in turn with the stack, on the same broker. All three services run.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import httpx2
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from bench.feeds_watch import Watch, submit
from bench.ingest_load import submissions
from schemas.topics import ARTICLES, Topic
from services.common.kafka import ensure_topics
from tests.integration.services import NEWSROOM, Place
from tests.stack.processes import free_port_base, until

_ROUNDS = 4
_PACE, _EACH = 20, 100  # submissions a second, and in a round
_PEER = Topic("bench", ARTICLES.partitions)
_WITHIN = 30.0  # seconds


@dataclass(frozen=True)
class Waits:
    """How long each took in one round, in seconds, in order of length."""

    ours: Sequence[float]
    peer: Sequence[float]


def main() -> None:
    """Measure, and print a table in Markdown."""
    with tempfile.TemporaryDirectory(prefix="tinbai-bench-") as folder:
        place = Place(Path(folder) / "data", free_port_base())
        with (
            place.broker(),
            place.service("ingest"),
            place.service("syndicate"),
            place.service("archive"),
        ):
            until(lambda: all(place.kafka_is_up(each) for each in ("ingest", "syndicate")))
            place.add_unit("BENCH")
            _print(asyncio.run(_measure(place, _unit_key(place))))


async def _measure(place: Place, key: str) -> list[Waits]:
    await _make_topic(place.bootstrap)
    rounds = []
    for number in range(_ROUNDS + 1):
        bodies = list(islice(submissions(number), _EACH))
        peer = await _send_and_receive(place.bootstrap, bodies)
        rounds.append(Waits(await _until_in_feed(place.base, key, bodies), peer))
    return rounds[1:]  # the first warms up


async def _until_in_feed(base: int, key: str, bodies: Sequence[bytes]) -> list[float]:
    """Submit at the pace; wait for each from the 201 until it is in `latest`."""
    async with Watch(base + 2, "/feeds/latest.json") as watch:

        async def call(body: bytes) -> float:
            article = await submit(base + 1, key, body)
            answered = time.perf_counter()
            return max(0.0, await watch.seen(article) - answered)

        return await _paced([partial(call, body) for body in bodies])


async def _send_and_receive(bootstrap: str, bodies: Sequence[bytes]) -> list[float]:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    consumer = AIOKafkaConsumer(_PEER.name, bootstrap_servers=bootstrap)
    came: dict[bytes, asyncio.Future[float]] = {}

    async def receive() -> None:
        async for record in consumer:
            came[record.key].set_result(time.perf_counter())

    async def call(number: int, body: bytes) -> float:
        key = str(number).encode()
        came[key] = asyncio.get_running_loop().create_future()
        sent = time.perf_counter()
        await producer.send(_PEER.name, body, key=key)
        return await came[key] - sent

    async with producer, consumer:
        await consumer.seek_to_end()
        receiving = asyncio.create_task(receive())
        waits = await _paced([partial(call, number, body) for number, body in enumerate(bodies)])
        receiving.cancel()
    return waits


async def _paced(calls: Sequence[Callable[[], Coroutine[Any, Any, float]]]) -> list[float]:
    """Begin each at its time, whatever the others take; give what they return, in order of size."""
    begun = time.perf_counter()

    async def at(due: float, call: Callable[[], Coroutine[Any, Any, float]]) -> float:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        return await call()

    async with asyncio.timeout(len(calls) / _PACE + _WITHIN):
        waits = await asyncio.gather(*(at(begun + n / _PACE, call) for n, call in enumerate(calls)))
    return sorted(waits)


def _print(rounds: Sequence[Waits]) -> None:
    ours = sorted(wait for each in rounds for wait in each.ours)
    peer = sorted(wait for each in rounds for wait in each.peer)
    whole = _at(peer, 0.5)
    print(
        f"{_PACE} a second, {len(ours)} articles in {_ROUNDS} rounds in turn; "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; times are exact to 2 ms\n"
    )
    print("| what | p50, ms | p90 | p99 | p50 to the peer's p50 | p99 to it |")
    print("|---|---|---|---|---|---|")
    for what, waits in (("bare aiokafka, send and receive", peer), ("201 to the feed", ours)):
        p50, p90, p99 = (_at(waits, share) for share in (0.5, 0.9, 0.99))
        told = f"{p50 * 1e3:.1f} | {p90 * 1e3:.1f} | {p99 * 1e3:.1f}"
        print(f"| {what} | {told} | {p50 / whole:.1f} | {p99 / whole:.1f} |")
    each = sorted(_at(one.ours, 0.5) / _at(one.peer, 0.5) for one in rounds)
    print(f"\nRatio of the p50s by round: {', '.join(f'{ratio:.1f}' for ratio in each)}.")


def _at(waits: Sequence[float], share: float) -> float:
    return waits[min(len(waits) - 1, int(len(waits) * share))]


async def _make_topic(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await ensure_topics(admin, [_PEER])
    await admin.close()


def _unit_key(place: Place) -> str:
    url = f"{place.url('ingest')}/v1/admin/units/BENCH/keys"
    key: str = httpx2.post(url, headers=NEWSROOM).json()["key"]
    return key


if __name__ == "__main__":
    main()
