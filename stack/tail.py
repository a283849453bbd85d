"""Follow a log file as it grows, through its rotations."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO


class Tail:
    """The lines of one file, from its first on; the file may not be there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rest = ""
        self._file = self._open()

    def new_lines(self) -> Iterator[str]:
        """Give the lines that were written since the last call, whole ones only."""
        yield from self._read()
        if self._was_rotated():
            yield from self._read()  # what came between reading and rotating
            if self._file:
                self._file.close()
            self._file = self._open()
            yield from self._read()

    def _open(self) -> TextIO | None:
        try:
            return self._path.open(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None

    def _read(self) -> Iterator[str]:
        while self._file and (piece := self._file.readline()):
            self._rest += piece
            if self._rest.endswith("\n"):
                yield self._rest[:-1]
                self._rest = ""

    def _was_rotated(self) -> bool:
        try:
            present = self._path.stat()
        except FileNotFoundError:  # between the rename and the new file
            return False
        return self._file is None or present.st_ino != os.fstat(self._file.fileno()).st_ino
