"""Entries as files: how they are named, and what a place for them must be able to do.

Each entry is a file of its own, so that whoever watches a folder sees each version come; once it is
there, the files of the article's older entries go, where they still lie. So what nobody has fetched
yet is the newest of each article, in the order of the names.
"""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from schemas.partner import Format, Kind
from services.syndicate.ways.sending import Way

_EXTENSIONS = {Format.JSON: "json", Format.NINJS: "json"}
_TRIAL = "tinbai-test.txt"
_TRIAL_TEXT = (
    "Đây là tệp thử của tinbai; tệp sẽ được xóa ngay.\n"
    "This is a test file of tinbai; it is removed at once.\n"
)


@dataclass(frozen=True)
class File:
    """A file to be laid down."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Told:
    """What names the file of an entry."""

    seq: int
    kind: Kind
    version: int


class Place(Protocol):
    """A folder, wherever it is. Raises NotTaken."""

    async def put(self, file: File) -> None:
        """Lay down a file, in place of one of its name: all of it at once, or nothing."""

    async def remove(self, name: str) -> None:
        """Remove a file; that it isn't there is as good."""


class Opens(Protocol):
    """Opens the place of a way for the time of one attempt. Raises NotTaken."""

    def __call__(self, way: Way, /) -> AbstractAsyncContextManager[Place]:
        """Open it."""


def name_of(article: UUID, told: Told, format_: Format) -> str:
    """Name a file: in the order of `seq`, the same on every attempt."""
    extension = _EXTENSIONS.get(format_, "xml")
    return f"{told.seq:012}-{told.kind}-{article}-v{told.version}.{extension}"


async def lay_down(place: Place, file: File, older: Iterable[str]) -> None:
    """Put a file where it belongs, and take away those that it replaces."""
    await place.put(file)
    for name in older:
        await place.remove(name)


async def try_out(place: Place) -> None:
    """Do what a delivery does, and leave nothing."""
    await place.put(File(_TRIAL, _TRIAL_TEXT.encode(), "text/plain"))
    await place.remove(_TRIAL)


def partial_name(name: str) -> str:
    """Name a file that isn't whole yet, so that those who watch a folder pass it over."""
    return f".{name}.part"
