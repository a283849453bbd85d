"""Several archives on one index: they share the partitions, and each answers for all of them."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from aiokafka import AIOKafkaProducer

from schemas.events import UnitChanged
from schemas.registry import Unit
from schemas.topics import REGISTRY
from services.common.ids import new_id
from tests.factories import NOON, TRACE
from tests.integration.backlog import pile_up
from tests.integration.conftest import broker_alone
from tests.stack.processes import DEADLINE, free_port_base, until

pytestmark = pytest.mark.xdist_group("opensearch")

EACH = 30


@dataclass(frozen=True)
class Service:
    """A running archive."""

    process: "subprocess.Popen[bytes]"
    url: str

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(self.url + path, timeout=DEADLINE)

    def shows(self) -> int:
        return int(self.get("/readyz").json().get("articles", 0))

    def lag(self) -> int:
        return sum(self.get("/readyz").json()["lag"].values())

    def is_up(self) -> bool:
        assert self.process.poll() is None, "it stopped"
        with suppress(httpx2.TransportError):
            return bool(self.get("/readyz").json()["kafka"] == "up")
        return False

    def names(self) -> set[str]:
        return {item["unit_name"] for item in self.get("/v1/latest?limit=100").json()["items"]}


@contextmanager
def archive(data: Path, bootstrap: str, cluster: str) -> Iterator[Service]:
    port = free_port_base()
    command = [
        *(sys.executable, "-m", "services.archive", "--data", str(data), "--port", str(port)),
        *("--kafka-bootstrap", bootstrap, "--log-dir", str(data)),
        *("--search-url", cluster, "--search-index", "shared"),
    ]
    with subprocess.Popen(command) as process:
        try:
            yield Service(process, f"http://127.0.0.1:{port}")
        finally:
            process.kill()


async def name_a_unit(bootstrap: str) -> None:
    unit = Unit(code="B07", name="Chi cục Cửa khẩu số Bảy")
    told = UnitChanged(id=new_id(), time=NOON, producer="ingest", trace=TRACE, unit=unit)
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        await producer.send_and_wait(
            REGISTRY.name,
            told.to_bytes(),
            key=told.record_key.encode(),
            partition=told.partition_in(REGISTRY),
        )


def test_they_share_the_work_and_one_goes_on_when_the_other_dies(tmp_path, cluster):
    with broker_alone(tmp_path / "broker") as bootstrap, ExitStack() as running:
        one, two = (
            running.enter_context(archive(tmp_path / name, bootstrap, cluster))
            for name in ("one", "two")
        )
        until(lambda: all(each.is_up() for each in (one, two)))
        asyncio.run(pile_up(bootstrap, EACH))
        asyncio.run(name_a_unit(bootstrap))
        until(lambda: [each.shows() for each in (one, two)] == [EACH, EACH])
        until(lambda: all("Chi cục Cửa khẩu số Bảy" in each.names() for each in (one, two)))

        one.process.kill()
        asyncio.run(pile_up(bootstrap, EACH))
        until(lambda: two.shows() == 2 * EACH)
        until(lambda: two.is_up() and not two.lag())
        assert two.process.poll() is None
