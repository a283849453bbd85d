"""Where uploads are worked on before they are kept or refused."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

_LOCK = ".lock"


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """Give a folder of this process's own; remove it afterwards, and first what the dead left.

    A process holds the lock of its folder for as long as it lives: the kernel lets go of it,
    however the process ends. Several may share `folder`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / token_hex(8)
    # Nobody clears away a folder between its making and its locking.
    with _locked(folder / _LOCK):
        _remove_those_of_the_dead(folder)
        own.mkdir()
        lock = os.open(own / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
        os.close(lock)


@contextmanager
def workplace(staged: Path) -> Iterator[Path]:
    """Give a folder for one upload, and leave nothing of it behind."""
    place = staged / token_hex(8)
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _locked(path: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, how)
        yield
    finally:
        os.close(lock)


def _remove_those_of_the_dead(folder: Path) -> None:
    for left in folder.iterdir():
        if not left.is_dir():
            continue
        try:
            with _locked(left / _LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB):
                shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            continue  # its process lives
