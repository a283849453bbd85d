"""Several ingest processes on one PostgreSQL database share the work; one may die."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx2
from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import ARTICLES
from tests.stack.processes import DEADLINE, free_port_base, until

ARTICLE = {"headline": "Tin", "body": "<p>Nội dung.</p>", "correction_note": "Sửa."}
COUNT, VERSIONS = 60, 4


async def test_nothing_is_lost_or_out_of_order_when_one_of_two_dies(
    bootstrap, postgresql_url, tmp_path
):
    ports = [free_port_base(), free_port_base()]
    with ExitStack() as running:
        processes = [
            running.enter_context(ingest(tmp_path, port, postgresql_url, bootstrap))
            for port in ports
        ]
        for port in ports:
            await asyncio.to_thread(until, partial(answers, port))
        async with httpx2.AsyncClient(headers={"Authorization": "Bearer key"}) as client:
            await client.post(url(ports[0], "/v1/admin/units"), json={"code": "HQ", "name": "HQ"})
            await leased_by_both(client, ports)
            first = asyncio.gather(*(life_of_an_article(client, ports, n) for n in range(COUNT)))
            await asyncio.sleep(0.5)  # in the midst of it, wherever that is
            processes[0].send_signal(signal.SIGKILL)
            ids = await first
            await relayed(client, ports[1])
        processes[1].terminate()

    found = await asyncio.to_thread(asyncio.run, keys(bootstrap))
    for article in ids:
        versions = [int(v) for a, v in found if a == article]
        assert list(dict.fromkeys(versions)) == list(range(1, VERSIONS + 1)), article


async def life_of_an_article(client: httpx2.AsyncClient, ports: list[int], number: int) -> str:
    """Submit and change it, by whichever process answers."""
    fields = {**ARTICLE, "external_id": f"HQ-{number}"}
    submission = {k: v for k, v in fields.items() if k != "correction_note"}
    made = await somewhere(client, ports, number, "POST", "/v1/articles?unit=HQ", submission, {})
    article: str = made["id"]
    for version in range(1, VERSIONS):
        await somewhere(
            client,
            ports,
            number + version,
            "PUT",
            f"/v1/articles/{article}",
            {**fields, "headline": f"Tin {version + 1}"},
            {"If-Match": f'"{version}"'},
        )
    return article


async def somewhere(client, ports, number, method, path, body, headers) -> dict:
    """Ask one process, then the other; a change that was made before its answer was lost is 412."""
    for attempt in range(60):
        try:
            answer = await client.request(
                method, url(ports[(number + attempt) % 2], path), json=body, headers=headers
            )
        except httpx2.TransportError:
            await asyncio.sleep(0.1)
            continue
        if answer.status_code in (200, 201, 412):
            return answer.json()
        assert answer.status_code >= 500, answer.text
    raise AssertionError("no process took it")


async def leased_by_both(client: httpx2.AsyncClient, ports: list[int]) -> None:
    async with asyncio.timeout(DEADLINE):
        while True:
            shares = [(await client.get(url(p, "/readyz"))).json()["buckets"] for p in ports]
            if shares == [3, 3]:
                return
            await asyncio.sleep(0.1)


async def relayed(client: httpx2.AsyncClient, port: int) -> None:
    async with asyncio.timeout(DEADLINE):
        while (await client.get(url(port, "/readyz"))).json()["lag"]["outbox"]:
            await asyncio.sleep(0.1)


def ingest(data: Path, port: int, database: str, bootstrap: str) -> "subprocess.Popen[bytes]":
    (data / "admin.key").write_text("key")
    settings = {
        "DATA": str(data),
        "PORT": str(port),
        "ADMIN_KEY_FILE": str(data / "admin.key"),
        "DATABASE_URL": database,
        "KAFKA_BOOTSTRAP": bootstrap,
    }
    environment = os.environ | {f"TINBAI_{name}": value for name, value in settings.items()}
    return subprocess.Popen([sys.executable, "-m", "services.ingest"], env=environment)


def answers(port: int) -> bool:
    try:
        return bool(httpx2.get(url(port, "/readyz")).json()["kafka"] == "up")
    except httpx2.TransportError:
        return False


def url(port: int, path: str) -> str:
    return f"http://127.0.0.1:{port}{path}"


async def keys(bootstrap: str) -> list[tuple[str, str]]:
    """Give article and version of every record, in order within each partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    places = [TopicPartition(ARTICLES.name, p) for p in range(ARTICLES.partitions)]
    ends = await consumer.end_offsets(places)
    consumer.assign(places)
    await consumer.seek_to_beginning(*places)
    found = []
    async with asyncio.timeout(DEADLINE):
        while any([await consumer.position(p) < ends[p] for p in places]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [tuple(r.key.decode().split(":")) for r in records]
    await consumer.stop()
    return found
