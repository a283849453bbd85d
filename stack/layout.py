"""Where everything is: paths below the data folder, ports above the base, addresses."""

import os
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

SERVICES = ("ingest", "syndicate", "archive")
_PORT_OFFSETS = {"page": 0, "ingest": 1, "syndicate": 2, "archive": 3}
_BROKER_OFFSETS = {"broker": 92, "controller": 93}
HIGHEST_PORT_BASE = 65535 - max(_BROKER_OFFSETS.values())


@dataclass(frozen=True)
class Layout:
    """One stack, by its data folder (absolute), its host and its first port."""

    data: Path
    host: str
    port_base: int

    @property
    def external_kafka(self) -> str | None:
        """The cluster that the user named; then there is no broker of ours."""
        return os.environ.get("TINBAI_KAFKA_BOOTSTRAP") or None

    @property
    def bootstrap(self) -> str:
        """Kafka's address for the services."""
        return self.external_kafka or f"{self.broker_host}:{self.port('broker')}"

    @property
    def broker_host(self) -> str:
        """Never anything but loopback: the broker asks nobody for a password."""
        return self.host if _is_loopback(self.host) else "127.0.0.1"

    def port(self, name: str) -> int:
        """Give the port of `page`, a service, `broker` or `controller`."""
        return self.port_base + (_PORT_OFFSETS | _BROKER_OFFSETS)[name]

    @property
    def own_ports(self) -> dict[str, int]:
        """The ports of the page and the services, by name."""
        return {name: self.port(name) for name in _PORT_OFFSETS}

    @property
    def broker_ports(self) -> dict[str, int]:
        """The ports of our broker, if there is one."""
        return {} if self.external_kafka else {name: self.port(name) for name in _BROKER_OFFSETS}

    def url(self, name: str) -> str:
        """Where this machine reaches the page or a service."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port(name)}"

    def public_url(self, name: str) -> str:
        """Where the world reaches a service: as the user says, or as this machine does."""
        return os.environ.get(f"TINBAI_{name.upper()}_URL") or self.url(name)

    @property
    def logs(self) -> Path:
        """The folder of all log files."""
        return self.data / "logs"

    @property
    def admin_key(self) -> Path:
        """The file that holds the admin key."""
        return self.data / "admin.key"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
