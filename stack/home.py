"""The data folder: made, held by one stack at a time, with the admin key and who runs in it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ValidationError

from services.common.auth import new_key
from stack.errors import StackError
from stack.layout import Layout

_LOCK = "stack.lock"
_RECORD = "stack.json"

# `down` and `status` hold the lock for an instant when they look at it.
_LOCK_PATIENCE = 0.5
_POLL = 0.05


class Record(BaseModel):
    """What stack.json says of the stack that runs: for `down`, `status` and scripts."""

    pid: int
    host: str
    port_base: int
    url: str
    ports: dict[str, int]


@contextmanager
def held(layout: Layout) -> Iterator[None]:
    """Make the folder and hold it until the end: the kernel lets go even after kill -9."""
    try:
        layout.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        layout.logs.mkdir(exist_ok=True)
        lock = (layout.data / _LOCK).open("a")
    except OSError as error:
        raise StackError(
            f"Cannot write to the data folder {layout.data}: {error.strerror}."
        ) from error
    with lock:
        if not _take(lock.fileno(), _LOCK_PATIENCE):
            raise StackError(
                f"A stack runs on {layout.data} already: stop it with `tinbai down`, "
                "or choose another folder with --data."
            )
        make_admin_key(layout.admin_key)
        yield


def is_held(data: Path) -> bool:
    """Whether a live stack has this folder: the lock can't be stale, unlike a pid."""
    try:
        with (data / _LOCK).open() as lock:
            return not _take(lock.fileno(), patience=0)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise StackError(f"Cannot read the data folder {data}: {error.strerror}.") from error


def running(data: Path) -> Record | None:
    """Give the record of the live stack, if there is one."""
    if not is_held(data):
        return None
    try:
        return Record.model_validate_json((data / _RECORD).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None  # it has only just begun


@contextmanager
def recorded(layout: Layout) -> Iterator[None]:
    """Say who runs here, until the end."""
    path = layout.data / _RECORD
    record = Record(
        pid=os.getpid(),
        host=layout.host,
        port_base=layout.port_base,
        url=layout.url("page"),
        ports=layout.own_ports | layout.broker_ports,
    )
    new = path.with_suffix(".new")
    new.write_text(record.model_dump_json(indent=2) + "\n")
    new.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def make_admin_key(path: Path) -> None:
    """Make the key if there is none: whole and private from its first moment on."""
    if path.exists():
        return
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{new_key()}\n")
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)


def _take(lock: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL)
        else:
            return True
