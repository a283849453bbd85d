"""Which of the indexes in a folder is the one that answers."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

import structlog
from pydantic import BaseModel, ValidationError

from services.archive.engine.documents import FORMAT
from services.common.ids import new_id

_POINTER, _PART = "current.json", "current.json.part"

log = structlog.get_logger()


class _Pointer(BaseModel):
    format: int
    id: str
    folder: str


class Place:
    """A folder with one index that answers, in a folder of its own that a small file names, and at
    times with others: one that is being made, or that is no longer needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        pointer = self._read()
        if pointer is None or pointer.format != FORMAT:
            if folder.exists():
                log.warning(
                    "index_discarded", folder=str(folder), format=pointer and pointer.format
                )
            self.id = str(new_id())
            self._used: set[Path] = set()
            self.point_to(self.beside())
        else:
            self.id = pointer.id
            self._current = folder / pointer.folder
            self._used = {self._current}

    @property
    def current(self) -> Path:
        """Where the index is that answers."""
        return self._current

    def beside(self) -> Path:
        """Make a folder for another index."""
        made = self._folder / f"index-{new_id()}"
        self._used.add(made)
        made.mkdir(parents=True)
        return made

    def point_to(self, index: Path) -> None:
        """Have `index` be the one that answers; whoever dies meanwhile leaves this or the other."""
        pointer = _Pointer(format=FORMAT, id=self.id, folder=index.name)
        part = self._folder / _PART
        with part.open("w") as file:
            file.write(pointer.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / _POINTER)
        self._current = index
        with suppress(OSError):  # it is done, though the disk may not say so
            _sync(self._folder)

    def leave(self, index: Path) -> None:
        """Need one no longer."""
        self._used.discard(index)

    def clear(self) -> None:
        """Remove what nobody needs, as far as it can be: who dies may leave something, and a merge
        that was under way puts its files there when it ends."""
        for path in self._folder.iterdir():
            if path not in self._used and path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path not in self._used and path.name not in (_POINTER, _PART):
                path.unlink(missing_ok=True)

    def _read(self) -> _Pointer | None:
        try:
            pointer = _Pointer.model_validate_json((self._folder / _POINTER).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None
        return pointer if (self._folder / pointer.folder).is_dir() else None


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
