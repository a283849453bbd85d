"""What containers need beside the services: a first admin key, and a health check."""

import asyncio
from pathlib import Path
from typing import Annotated

import httpx2
import typer

from stack.errors import StackError
from stack.home import make_admin_key
from stack.kafka_probe import kafka_answers

_TIMEOUT = 3.0  # seconds


def init(
    data: Annotated[Path, typer.Option("--data", envvar="TINBAI_DATA")] = Path("data"),
) -> None:
    """Make the admin key in the data folder, if there is none."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_admin_key(data / "admin.key")
    except OSError as error:
        raise StackError(f"Cannot write to {data}: {error.strerror}.") from error


def ready(
    address: Annotated[str, typer.Argument(help="HOST:PORT of a broker, or a /readyz address.")],
) -> None:
    """Exit 0 if a broker or a service is ready."""
    if address.startswith("http"):
        well = _service_is_ready(address)
    else:
        host, _, port = address.rpartition(":")
        well = asyncio.run(kafka_answers(host, int(port), _TIMEOUT))
    raise typer.Exit(0 if well else 1)


def _service_is_ready(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=_TIMEOUT).is_success
    except httpx2.TransportError:
        return False
