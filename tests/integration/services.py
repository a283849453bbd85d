"""Single services and a broker, each a process of its own, for tests that take one of them away."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from stack.aot import prepared_java
from stack.kafka_probe import kafka_answers
from tests.integration.stacks import PORTS
from tests.stack.processes import DEADLINE, until

KEY = "key"
NEWSROOM = {"Authorization": f"Bearer {KEY}"}


@dataclass(frozen=True)
class Place:
    """A folder and ports, as a stack has them, but nobody who starts things again."""

    data: Path
    base: int
    before: tuple[str, ...] = ()
    """What stands before the commands of services."""

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.base + 92}"

    @property
    def keys(self) -> Path:
        return self.data.with_name("keys")

    @property
    def logs(self) -> Path:
        return self.data.with_name("logs")

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.base + PORTS[name]}"

    @contextmanager
    def broker(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Run the broker."""
        prepared_java()
        command = [sys.executable, "-m", "stack", "broker", "--data", str(self.data)]
        command += ["--port-base", str(self.base)]
        with subprocess.Popen(command) as process, _ended(process):
            until(lambda: asyncio.run(kafka_answers("127.0.0.1", self.base + 92)))
            yield process

    @contextmanager
    def service(self, name: str, **settings: object) -> Iterator["subprocess.Popen[bytes]"]:
        """Run a service; what is set in capitals goes to its environment as it is."""
        self.keys.mkdir(exist_ok=True)
        (self.keys / "admin.key").write_text(KEY)
        given: dict[str, object] = {
            "data": self.data,
            "port": self.base + PORTS[name],
            "kafka_bootstrap": self.bootstrap,
            "admin_key_file": self.keys / "admin.key",
            "log_dir": self.logs,
            **{f"{each}_url": self.url(each) for each in PORTS},
        }
        environment = os.environ | {
            setting if setting.isupper() else f"TINBAI_{setting.upper()}": str(value)
            for setting, value in (given | settings).items()
        }
        command = [*self.before, sys.executable, "-m", f"services.{name}"]
        with subprocess.Popen(command, env=environment) as process, _ended(process):
            until(lambda: self.answers(name, process))
            yield process

    def answers(self, name: str, process: "subprocess.Popen[bytes]") -> bool:
        assert process.poll() is None, f"{name} ended"
        return self.readiness(name) is not None

    def readiness(self, name: str) -> dict[str, Any] | None:
        """Say how a service is; nothing if it does not answer."""
        with suppress(httpx2.TransportError):
            return httpx2.get(f"{self.url(name)}/readyz", timeout=DEADLINE).json()
        return None

    def kafka_is_up(self, name: str) -> bool:
        state = self.readiness(name)
        return state is not None and state["kafka"] == "up"

    def lag(self, name: str) -> dict[str, int]:
        """Tell how many of each a service has not come to yet; it must answer."""
        state = self.readiness(name)
        assert state, f"{name} does not answer"
        lag: dict[str, int] = state["lag"]
        return lag

    def add_unit(self, code: str) -> None:
        answer = httpx2.post(
            f"{self.url('ingest')}/v1/admin/units",
            json={"code": code, "name": f"Hải quan {code}"},
            headers=NEWSROOM,
        )
        assert answer.status_code == 201, answer.text


def is_relayed(place: Place) -> bool:
    """Say whether Kafka has all that ingest holds."""
    return not place.lag("ingest")["outbox"]


@contextmanager
def _ended(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
