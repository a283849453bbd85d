"""The cache: what the broker is made of, fetched once and shared by all stacks of a user."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.errors import StackError


def cache_dir() -> Path:
    """`TINBAI_CACHE`, or `tinbai` in the user's cache folder."""
    chosen = os.environ.get("TINBAI_CACHE")
    users = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return (Path(chosen) if chosen else Path(users, "tinbai")).expanduser().absolute()


@contextmanager
def locked_cache() -> Iterator[Path]:
    """Hold the cache alone: of two first starts at once, one fetches and the other waits for it."""
    folder = cache_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise StackError(
            f"The cache {folder} cannot be written ({error.strerror}): "
            "set TINBAI_CACHE to a folder that can."
        ) from error
    with lock:
        # Unbounded on purpose: the other first start is bounded, and dies with its lock.
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


@contextmanager
def scratch(cache: Path, name: str) -> Iterator[Path]:
    """Give an empty folder in the locked cache; what a killed start left in it goes first."""
    folder = cache / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
