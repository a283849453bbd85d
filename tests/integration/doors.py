"""Services as processes of their own, without Kafka; ingest with two units that have keys."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.stack.processes import free_port_base, until

NOBODY_LISTENS = "127.0.0.1:1"
ADMIN = "the-admin-key"


@dataclass(frozen=True)
class Door:
    """Where ingest listens, and who may call: `keys` by the name of their owner."""

    http: httpx2.Client
    keys: dict[str, str]

    def call(self, who: str, method: str, path: str, **sent: Any) -> httpx2.Response:
        """Call as one of them."""
        headers = {"Authorization": f"Bearer {self.keys[who]}"} | sent.pop("headers", {})
        return self.http.request(method, path, headers=headers, **sent)

    def made(self, who: str, path: str, **sent: Any) -> Any:
        """Make something that must be possible to make."""
        answer = self.call(who, "POST", path, **sent)
        assert answer.status_code == 201, answer.text
        return answer.json()


@contextmanager
def open_door(data: Path, database: str = "") -> Iterator[Door]:
    """Start ingest, on a database by its URL or on a file, and furnish it; it stops at the end."""
    (data / "admin.key").write_text(ADMIN)
    settings = {
        "ADMIN_KEY_FILE": data / "admin.key",
        "DATABASE_URL": database,
        # Who fuzzes is fast, and a 429 tells nothing of the call.
        "RATE_PER_SECOND": 1_000_000,
        "RATE_BURST": 1_000_000,
    }
    with started("ingest", data, settings) as http:
        door = Door(http, {"admin": ADMIN})
        _furnish(door)
        yield door


@contextmanager
def started(service: str, data: Path, settings: Mapping[str, Any]) -> Iterator[httpx2.Client]:
    """Start a service alone, without Kafka; its log stands in `data`."""
    port = free_port_base()
    own = {"DATA": data, "PORT": port, "KAFKA_BOOTSTRAP": NOBODY_LISTENS, **settings}
    environment = os.environ | {f"TINBAI_{name}": str(value) for name, value in own.items()}
    command = [sys.executable, "-m", f"services.{service}"]
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
                until(lambda: _answers(http))
                yield http
        finally:
            process.terminate()
            process.wait()


def _answers(http: httpx2.Client) -> bool:
    try:
        return http.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def _furnish(door: Door) -> None:
    for unit in ("HQA", "HQB"):
        door.made("admin", "/v1/admin/units", json={"code": unit, "name": unit})
        door.keys[unit] = door.made("admin", f"/v1/admin/units/{unit}/keys")["key"]
    newsroom = {"name": "desk", "scope": "newsroom"}
    door.keys["newsroom"] = door.made("admin", "/v1/admin/keys", json=newsroom)["key"]
    door.made("admin", "/v1/admin/columns", json={"slug": "thong-quan", "name": "Thông quan"})
    door.made("admin", "/v1/admin/campaigns", json={"slug": "nq-57", "name": "Nghị quyết 57"})
