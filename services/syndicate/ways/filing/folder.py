"""Files in a folder of this machine, or of one whose disk is mounted here."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from uuid import UUID

from services.syndicate.ways.filing.files import File, Place, partial_name
from services.syndicate.ways.sending import NotTaken, Way

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MODE = 0o644  # who fetches the files is another user

_REASONS = {
    errno.ENOENT: "no_such_folder",
    errno.ENOTDIR: "not_a_folder",
    errno.ELOOP: "symbolic_link",
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
    errno.EROFS: "read_only",
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
}


def allowed_root(target: str, allowed: Sequence[Path]) -> Path | None:
    """Find the folder out of those that ops have named in which a way's folder lies; None where it
    is in none of them, or isn't written in the one way that can't be misread."""
    path = PurePosixPath(target)
    if not path.is_absolute() or ".." in path.parts or str(path) != target or "\0" in target:
        return None
    return next((root for root in allowed if path.is_relative_to(root)), None)


class Folders:
    """The folders of ways. Each way has a thread of its own: a network's folder may hang for as
    long as it likes, and holds up its own way only. What it did not do in time it does before
    anything else, so that an old text can't come after its retraction."""

    def __init__(self, allowed: Sequence[Path]) -> None:
        self._allowed = allowed
        self._threads: dict[UUID, ThreadPoolExecutor] = {}

    @asynccontextmanager
    async def open(self, way: Way) -> AsyncIterator[Place]:
        """Give the folder of a way."""
        root = allowed_root(way.target, self._allowed)
        if root is None:  # ops may have changed their mind since the way was made
            raise NotTaken("folder_not_allowed")
        threads = self._threads.setdefault(way.id, ThreadPoolExecutor(1, "folder"))
        yield _Folder(root, PurePosixPath(way.target).relative_to(root).parts, threads)


@dataclass(frozen=True)
class _Folder:
    root: Path
    below: Sequence[str]
    threads: ThreadPoolExecutor

    async def put(self, file: File) -> None:
        await self._run(partial(_put, file=file))

    async def remove(self, name: str) -> None:
        await self._run(partial(_remove, name=name))

    async def _run(self, job: Callable[[int], None]) -> None:
        def in_folder() -> None:
            with _opened(self.root, self.below) as folder:
                job(folder)

        try:
            await asyncio.get_running_loop().run_in_executor(self.threads, in_folder)
        except OSError as error:
            raise NotTaken(_REASONS.get(error.errno or 0, "disk_error")) from error


@contextmanager
def _opened(root: Path, below: Sequence[str]) -> Iterator[int]:
    """Open a folder, step by step from `root`: none of the steps may be a symbolic link, at
    whatever moment somebody puts one there."""
    folder = os.open(root, _FOLDER)
    try:
        for name in below:
            inner = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def _put(folder: int, file: File) -> None:
    unfinished = partial_name(file.name)
    _unlink(folder, unfinished)  # of a process that died
    with os.fdopen(os.open(unfinished, _NEW, _MODE, dir_fd=folder), "wb") as opened:
        opened.write(file.content)
        opened.flush()
        os.fsync(opened.fileno())
    os.rename(unfinished, file.name, src_dir_fd=folder, dst_dir_fd=folder)
    os.fsync(folder)


def _remove(folder: int, name: str) -> None:
    _unlink(folder, partial_name(name))
    _unlink(folder, name)
    os.fsync(folder)


def _unlink(folder: int, name: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
