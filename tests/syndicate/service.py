"""syndicate as a process, for tests that start it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.stack.processes import DEADLINE, free_port_base, until

NO_KAFKA = "127.0.0.1:1"


@dataclass(frozen=True)
class Service:
    """A running syndicate."""

    process: "subprocess.Popen[bytes]"
    url: str

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(self.url + path, timeout=DEADLINE)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(DEADLINE)


@contextmanager
def syndicate(data: Path, bootstrap: str = NO_KAFKA, *options: str) -> Iterator[Service]:
    """Run syndicate on `data` until the body ends."""
    port = free_port_base()
    command = [
        *(sys.executable, "-m", "services.syndicate", "--data", str(data)),
        *("--port", str(port), "--kafka-bootstrap", bootstrap, "--log-dir", str(data)),
        *options,
    ]
    with subprocess.Popen(command) as process:
        service = Service(process, f"http://127.0.0.1:{port}")
        until(lambda: _answers(service))
        try:
            yield service
        finally:
            process.kill()


def _answers(service: Service) -> bool:
    assert service.process.poll() is None, "it stopped"
    with suppress(httpx2.TransportError):
        return service.get("/healthz").status_code == 200
    return False
