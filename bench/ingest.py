"""How fast ingest takes in: beside a bare Kafka producer, in turn, on the same broker.

`make bench` prints the table for docs/figures.md. The producer is aiokafka's, idempotent, acks=all,
at its default batching, and sends the same bytes. Ingest syncs each commit to disk before it
answers; its relay runs, syndicate and archive don't.
"""

import asyncio
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import httpx2
import psutil
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from bench.ingest_load import Measured, batch, paced, singles, submissions
from schemas.topics import ARTICLES, Topic
from services.common.auth import new_key
from services.common.kafka import ensure_topics
from stack.aot import prepared_java
from stack.kafka_probe import kafka_answers
from tests.stack.processes import free_port_base, until

_ROUNDS = 3
_SINGLES, _LINES, _CALLERS = 2000, 5000, 32
_PACE, _PACED = 100, 500


def main() -> None:
    """Measure, and print a table in Markdown."""
    with tempfile.TemporaryDirectory(prefix="tinbai-bench-") as folder, ExitStack() as stack:
        base = free_port_base()
        stack.enter_context(_broker(Path(folder), base))
        ingest = stack.enter_context(_ingest(Path(folder), base))
        key = _unit_key(base + 1, (Path(folder) / "admin.key").read_text())
        rounds, cpu = asyncio.run(_measure(base, key, ingest))
        memory = ingest.memory_info().rss / 1e6
    _print(rounds, cpu, memory)


async def _measure(
    base: int, key: str, ingest: psutil.Process
) -> tuple[dict[str, list[Measured]], dict[str, float]]:
    rounds: dict[str, list[Measured]] = {"producer": [], "singles": [], "batch": [], "paced": []}
    cpu = {"singles": 0.0, "batch": 0.0}
    for number in range(_ROUNDS + 1):  # the first warms up
        source = submissions(number)
        made = {"producer": await _produce(base + 92, list(islice(source, _LINES)))}
        for name, count in (("singles", _SINGLES), ("batch", _LINES)):
            bodies, before = list(islice(source, count)), sum(ingest.cpu_times()[:2])
            made[name] = await (
                batch(base + 1, key, bodies)
                if name == "batch"
                else singles(base + 1, key, bodies, _CALLERS)
            )
            await _until_relayed(base + 1)
            cpu[name] = (sum(ingest.cpu_times()[:2]) - before) / count
        made["paced"] = await paced(base + 1, key, list(islice(source, _PACED)), _PACE)
        if number:
            for name, measured in made.items():
                rounds[name].append(measured)
    return rounds, cpu


async def _produce(port: int, bodies: list[bytes]) -> Measured:
    producer = AIOKafkaProducer(
        bootstrap_servers=f"127.0.0.1:{port}", acks="all", enable_idempotence=True
    )
    await producer.start()
    loop = asyncio.get_running_loop()
    await producer.send_and_wait("bench", b"warm")
    begun = loop.time()
    sent = [await producer.send("bench", body) for body in bodies]
    await asyncio.gather(*sent)
    seconds = loop.time() - begun
    await producer.stop()
    return Measured(len(bodies), seconds, [])


async def _until_relayed(port: int) -> None:
    async with httpx2.AsyncClient() as client, asyncio.timeout(120):
        while (await client.get(f"http://127.0.0.1:{port}/readyz")).json()["lag"]["outbox"]:
            await asyncio.sleep(0.1)


def _print(rounds: dict[str, list[Measured]], cpu: dict[str, float], memory: float) -> None:
    def median(name: str) -> float:
        return statistics.median(measured.rate for measured in rounds[name])

    def ratio(name: str) -> str:
        pairs = zip(rounds[name], rounds["producer"], strict=True)
        each = sorted(one.rate / peer.rate for one, peer in pairs)
        return f"{statistics.median(each):.3f} ({each[0]:.3f} to {each[-1]:.3f})"

    waits = sorted(wait * 1000 for measured in rounds["paced"] for wait in measured.waits)
    load = os.getloadavg()[0]
    print(
        f"{_ROUNDS} rounds in turn; {os.cpu_count()} cores, load {load:.1f} at the end; Python "
        f"{platform.python_version()}, aiokafka {version('aiokafka')}, SQLite synchronous=FULL\n"
    )
    print("| what | a second | to the producer | processor time each, until relayed |")
    print("|---|---|---|---|")
    print(f"| bare aiokafka producer, idempotent, acks=all | {median('producer'):,.0f} | 1 | |")
    for what, name in (
        (f"single submissions, {_CALLERS} callers", "singles"),
        (f"a batch of {_LINES:,} lines", "batch"),
    ):
        print(f"| {what} | {median(name):,.0f} | {ratio(name)} | {cpu[name] * 1e6:.0f} µs |")
    p50, p99 = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
    print(f"\nAt {_PACE} a second: p50 {p50:.1f} ms, p99 {p99:.1f} ms.")
    print(f"Ingest's memory at the end: {memory:.0f} MB.")


@contextmanager
def _broker(folder: Path, base: int) -> Iterator[None]:
    prepared_java()
    command = [sys.executable, "-m", "stack", "broker", "--data", str(folder)]
    with subprocess.Popen([*command, "--port-base", str(base)]) as process:
        try:
            until(lambda: asyncio.run(kafka_answers("127.0.0.1", base + 92)))
            asyncio.run(_make_topic(f"127.0.0.1:{base + 92}"))
            yield
        finally:
            process.terminate()


@contextmanager
def _ingest(folder: Path, base: int) -> Iterator[psutil.Process]:
    (folder / "admin.key").write_text(new_key())
    (folder / "logs").mkdir(exist_ok=True)
    environment = os.environ | {
        "TINBAI_DATA": str(folder),
        "TINBAI_PORT": str(base + 1),
        "TINBAI_KAFKA_BOOTSTRAP": f"127.0.0.1:{base + 92}",
        "TINBAI_ADMIN_KEY_FILE": str(folder / "admin.key"),
        "TINBAI_LOG_DIR": str(folder / "logs"),
        "TINBAI_RATE_PER_SECOND": "1000000",  # what is measured is ingest, not what one key may
    }
    with subprocess.Popen([sys.executable, "-m", "services.ingest"], env=environment) as process:
        try:
            until(lambda: _ready(base + 1))
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


async def _make_topic(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await ensure_topics(admin, [Topic("bench", ARTICLES.partitions)])
    await admin.close()


def _ready(port: int) -> bool:
    try:
        return bool(httpx2.get(f"http://127.0.0.1:{port}/readyz").json()["kafka"] == "up")
    except httpx2.TransportError:
        return False


def _unit_key(port: int, admin: str) -> str:
    headers = {"Authorization": f"Bearer {admin}"}
    url = f"http://127.0.0.1:{port}/v1/admin/units"
    httpx2.post(url, json={"code": "BENCH", "name": "Bench"}, headers=headers).raise_for_status()
    key: str = httpx2.post(f"{url}/BENCH/keys", headers=headers).json()["key"]
    return key


if __name__ == "__main__":
    main()
