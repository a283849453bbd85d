"""Documents as files, under the paths of their addresses, for a web server that needs no service.

A reader of the files never sees half of one, nor compressed bytes of an older text: each is written
beside the folder's files and renamed, and what is compressed is taken away before the text changes.
"""

import os
import re
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from services.common.codings import CODINGS, SUFFIXES, Bodies, Coding

_INDEX = "index.html"
_UNFINISHED = ".unfinished"  # no address leads there: names that begin with a dot are not served
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
_TAKEN = tuple(f".{suffix}" for suffix in SUFFIXES.values())


def file_name(path: str) -> str | None:
    """Give the name, below the folder, of the file for an address; nothing for one that could lead
    elsewhere, or be taken for another."""
    name = path[1:] or _INDEX
    plain = path.startswith("/") and not path.endswith(_TAKEN)
    return name if plain and all(_NAME.fullmatch(part) for part in name.split("/")) else None


class Folder:
    """The folder of files. Every call may block, and one is made at a time."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._unfinished = root / _UNFINISHED

    def open(self) -> None:
        """Make the folder; drop what a crash left half written, which may be text that is taken
        back by now. Raises OSError, also for a folder with files of others: `sweep` would remove
        them."""
        if not self._unfinished.is_dir() and self._root.is_dir() and any(self._root.iterdir()):
            raise FileExistsError(f"{self._root} holds other files; name an empty folder")
        # It is never removed itself: it tells that the folder is ours.
        self._unfinished.mkdir(parents=True, exist_ok=True)
        for left in self._unfinished.iterdir():
            left.unlink()

    def write(self, path: str, bodies: Bodies) -> None:
        """Write a document in the codings that it is there in. Raises OSError; the file is gone
        then, rather than old."""
        name = file_name(path)
        if name is None:
            return
        files = self._files(name)
        if all(_holds(files[coding], bodies.get(coding)) for coding in CODINGS):
            return  # so its time, which its ETag is made of, stays what it was before a restart
        try:
            self._replace(files, bodies)
        except OSError:
            for file in files.values():
                file.unlink(missing_ok=True)
            raise

    def sweep(self, paths: Collection[str]) -> None:
        """Remove the files of all other paths."""
        names = filter(None, map(file_name, paths))
        kept = {file for name in names for file in self._files(name).values()}
        for file in self._root.rglob("*"):
            if file.is_file() and file not in kept:
                file.unlink()

    def _files(self, name: str) -> Mapping[Coding, Path]:
        plain = self._root / name
        ends = {coding: f".{SUFFIXES[coding]}" if coding in SUFFIXES else "" for coding in CODINGS}
        return {coding: plain.with_name(plain.name + end) for coding, end in ends.items()}

    def _replace(self, files: Mapping[Coding, Path], bodies: Bodies) -> None:
        plain = files["identity"]
        plain.parent.mkdir(parents=True, exist_ok=True)
        # A web server's ETag is a file's time in seconds and its size: a time that grows with each
        # change tells two of the same size within one second apart.
        before = int(plain.stat().st_mtime) if plain.exists() else 0
        at = max(int(time.time()), before + 1)
        made = dict(self._made(bodies, at))
        for coding in SUFFIXES:
            files[coding].unlink(missing_ok=True)
        for coding in ("identity", *SUFFIXES):
            if coding in made:
                made[coding].rename(files[coding])

    def _made(self, bodies: Bodies, at: int) -> Iterator[tuple[Coding, Path]]:
        for coding, body in bodies.items():
            file = self._unfinished / coding
            file.write_bytes(body)
            os.utime(file, (at, at))
            yield coding, file


def _holds(file: Path, body: bytes | None) -> bool:
    if body is None:
        return not file.exists()
    return file.exists() and file.read_bytes() == body
