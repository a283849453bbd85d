"""A stack as people use it, by its command line: real processes, a real broker."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from stack.control import fetch_status
from stack.home import running
from tests.stack.processes import free_port_base, until

FIRST_START = 200.0  # seconds, with everything to fetch
PORTS = {"ingest": 1, "syndicate": 2, "archive": 3}
PUBLISHED = {"headline": "Thông quan lô hàng đầu", "body": "<p>Nội dung của tin.</p>"}


@dataclass
class Stack:
    """One stack in a folder of its own, by its command line."""

    data: Path
    port_base: int = field(default_factory=free_port_base)
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, name: str, *options: str) -> list[str]:
        return [sys.executable, "-m", "stack", name, "--data", str(self.data), *options]

    def tinbai(self, name: str, *options: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.command(name, *options),
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=FIRST_START,
        )

    def up(self, *options: str) -> "subprocess.CompletedProcess[str]":
        return self.tinbai("up", "--port-base", str(self.port_base), "--detach", *options)

    def processes(self) -> dict[str, dict[str, Any]]:
        """Ask as `tinbai status` does, without a process for each look."""
        _, status = fetch_status(self.data)
        return {process.name: process.model_dump() for process in status.processes}

    def pids(self) -> dict[str, int]:
        return {name: process["pid"] for name, process in self.processes().items()}

    def supervisor(self) -> int:
        record = running(self.data)
        assert record
        return record.pid

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port_base + PORTS[name]}"

    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port_base + 92}"

    def admin_key(self) -> str:
        return (self.data / "admin.key").read_text().strip()

    def get(self, name: str, path: str, **headers: str) -> httpx2.Response:
        return httpx2.get(self.url(name) + path, headers=headers, timeout=20)

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> httpx2.Response:
        """Call ingest as the newsroom."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx2.request(
            method,
            self.url("ingest") + path,
            json=body,
            headers={"Authorization": f"Bearer {self.admin_key()}", **named},
            timeout=20,
        )

    def submit(self, unit: str, **fields: Any) -> dict[str, Any]:
        answer = self.ask("POST", f"/v1/articles?unit={unit}", PUBLISHED | fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def add_unit(self, code: str, **fields: Any) -> None:
        entry = {"code": code, "name": f"Hải quan {code}", **fields}
        answer = self.ask("POST", "/v1/admin/units", entry)
        assert answer.status_code == 201, answer.text

    def feed(self, name: str = "latest") -> list[dict[str, Any]]:
        """Give the items of a feed; none while nobody has heard of it."""
        answer = self.get("syndicate", f"/feeds/{name}.json")
        return answer.json()["items"] if answer.status_code == 200 else []

    def feed_ids(self, name: str = "latest") -> list[str]:
        return [item["id"].removeprefix("urn:uuid:") for item in self.feed(name)]

    def until_settled(self) -> None:
        """Wait until nothing waits in ingest and the others have read all of it."""
        until(lambda: not any(sum(self.lag(name).values()) for name in PORTS))

    def lag(self, name: str) -> dict[str, int]:
        try:
            return self.get(name, "/readyz").json()["lag"]
        except httpx2.TransportError:
            return {name: 1}
