"""`tinbai down` and `tinbai status`: from outside, to the stack that holds a data folder."""

import time
from contextlib import suppress
from pathlib import Path

import httpx2
import psutil

from stack.child import STOP_TIMEOUT
from stack.errors import StackError
from stack.home import Record, is_held, running
from stack.status import StackStatus

DOWN_TIMEOUT = 3 * STOP_TIMEOUT + 15  # three groups, one after the other
_STATUS_TIMEOUT = 5.0
_EXIT_TIMEOUT = 2.0
_POLL = 0.05


def stop(data: Path) -> bool:
    """Stop the stack that holds `data` and wait until it is gone; False if there is none."""
    record = running(data)
    if record is None:
        return False
    process = psutil.Process(record.pid)
    process.terminate()
    deadline = time.monotonic() + DOWN_TIMEOUT
    while is_held(data):
        if time.monotonic() > deadline:
            raise StackError(f"The stack (process {record.pid}) did not stop: see {data}/logs.")
        time.sleep(_POLL)
    with suppress(psutil.Error):
        process.wait(_EXIT_TIMEOUT)
    return True


def fetch_status(data: Path) -> tuple[Record, StackStatus]:
    """Ask the stack that holds `data` how it is."""
    record = running(data)
    if record is None:
        raise StackError(f"No stack runs on {data}.")
    try:
        answer = httpx2.get(f"{record.url}/status.json", timeout=_STATUS_TIMEOUT, trust_env=False)
        return record, StackStatus.model_validate_json(answer.content)
    except (httpx2.HTTPError, ValueError) as error:
        raise StackError(f"The stack at {record.url} does not answer: see {data}/logs.") from error
