"""The way from the command line to ingest: its address and the key to use."""

import os
from pathlib import Path
from typing import Any

import httpx2

from stack.errors import StackError
from stack.home import running

_TIMEOUT = 30.0  # seconds


def ingest_url(data: Path) -> str:
    """Tell where ingest is: where the environment says, or in the stack that runs here."""
    if named := os.environ.get("TINBAI_INGEST_URL"):
        return named
    record = running(data)
    if record is None:
        raise StackError(
            f"No stack runs on {data}: start one with `tinbai up`, or set TINBAI_INGEST_URL."
        )
    return f"http://{record.host}:{record.ports['ingest']}"


def admin_key(data: Path) -> str:
    """Read the admin key of the stack."""
    path = Path(os.environ.get("TINBAI_ADMIN_KEY_FILE") or data / "admin.key")
    try:
        return path.read_text().strip()
    except OSError as error:
        raise StackError(f"Cannot read the admin key {path}: {error.strerror}.") from error


def call(method: str, url: str, key: str, body: object = None) -> httpx2.Response:
    """Call ingest once. Raises StackError where it can't be reached."""
    try:
        return httpx2.request(method, url, json=body, headers=bearer(key), timeout=_TIMEOUT)
    except httpx2.TransportError as error:
        raise StackError(f"Cannot reach ingest at {url}: {error}.") from error


def ask(method: str, url: str, key: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
    """Call ingest once and give its answer. Raises StackError with what it says of a refusal."""
    answer = call(method, url, key, body)
    if answer.is_error:
        raise StackError(refusal(answer))
    return answer.json()


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
