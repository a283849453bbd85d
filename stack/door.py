"""The way from the command line to the services: their addresses and the key to use."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2

from stack.errors import StackError
from stack.home import running

_TIMEOUT = 30.0  # seconds


def ingest_url(data: Path) -> str:
    """Tell where ingest is."""
    return service_url(data, "ingest")


def service_url(data: Path, name: str) -> str:
    """Tell where a service is: where the environment says, or in the stack that runs here."""
    variable = f"TINBAI_{name.upper()}_URL"
    if named := os.environ.get(variable):
        return named
    record = running(data)
    if record is None:
        raise StackError(f"No stack runs on {data}: start one with `tinbai up`, or set {variable}.")
    return f"http://{record.host}:{record.ports[name]}"


def admin_key(data: Path) -> str:
    """Read the admin key of the stack."""
    path = Path(os.environ.get("TINBAI_ADMIN_KEY_FILE") or data / "admin.key")
    try:
        return path.read_text().strip()
    except OSError as error:
        raise StackError(f"Cannot read the admin key {path}: {error.strerror}.") from error


def call(
    method: str, url: str, key: str, body: object = None, headers: Mapping[str, str] | None = None
) -> httpx2.Response:
    """Call a service once. Raises StackError where it can't be reached."""
    sent = bearer(key) | dict(headers or {})
    try:
        return httpx2.request(method, url, json=body, headers=sent, timeout=_TIMEOUT)
    except httpx2.TransportError as error:
        raise StackError(f"Cannot reach {url}: {error}.") from error


def ask(
    method: str, url: str, key: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Any:  # noqa: ANN401 - JSON
    """Call a service once and give its answer. Raises StackError with what it says of a refusal."""
    answer = call(method, url, key, body, headers)
    if answer.is_error:
        raise StackError(refusal(answer))
    return answer.json() if answer.content else None


def bearer(key: str) -> dict[str, str]:
    """Make the header that carries a key."""
    return {"Authorization": f"Bearer {key}"}


def refusal(answer: httpx2.Response) -> str:
    """Say in a line why an answer is a refusal (RFC 9457)."""
    try:
        problem = answer.json()
        return f"{answer.status_code} {problem['title']}: {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.reason_phrase}"
