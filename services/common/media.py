"""Where the files of media lie: in a folder, or in an object store. Ingest writes, archive reads.

Each id has a folder of its own, with `original` and, of a picture, its renditions.
"""

import asyncio
import errno
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url
from pydantic import Field

from services.common.renditions import ORIGINAL
from services.common.settings import ServiceSettings

StoreError: Final = BaseError
"""What an object store that fails raises; a folder raises OSError."""

_CHUNK = 256 * 1024  # bytes read at once
# Held in memory for each upload to an object store: parts of 5 MiB, which is the least S3 takes.
_PARTS_AT_ONCE = 2
_IN_PROCESS = ("memory:", "file:")


class MediaSettings(ServiceSettings):
    """Settings of the services that keep or serve media."""

    media_url: str | None = Field(
        default=None,
        description="object store for media, like s3://bucket/folder; else a folder of `data`",
    )

    @property
    def media_folder(self) -> Path:
        """Where media are without an object store, and where uploads are worked on."""
        return self.data / "media"


class MediaStore:
    """Files by media id and name. Raises OSError or StoreError where it fails."""

    def __init__(self, objects: ObjectStore, folder: Path | None = None) -> None:
        self._objects = objects
        self._folder = folder

    async def put(self, media_id: UUID, files: Path) -> None:
        """Keep all files of the folder `files` under an id, for good. What is there stays.

        The folder itself may be moved: it must lie on the same disk as the media folder.
        """
        if self._folder is not None:
            await asyncio.to_thread(_move, files, self._folder / _place(media_id))
            return
        for file in await asyncio.to_thread(_original_last, files):
            await obstore.put_async(
                self._objects,
                f"{_place(media_id)}/{file.name}",
                file,
                max_concurrency=_PARTS_AT_ONCE,
            )

    async def size(self, media_id: UUID, name: str = ORIGINAL) -> int | None:
        """Tell a file's size in bytes; None if it isn't there."""
        try:
            found = await obstore.head_async(self._objects, f"{_place(media_id)}/{name}")
        except FileNotFoundError:
            return None
        return found["size"]

    async def read(self, media_id: UUID, name: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Give the bytes from `start` up to, not including, `end`, a piece at a time."""
        found = await obstore.get_async(
            self._objects, f"{_place(media_id)}/{name}", options={"range": (start, end)}
        )
        async for piece in found.stream(min_chunk_size=_CHUNK):
            yield bytes(piece)

    async def delete(self, media_id: UUID) -> None:
        """Remove all files of one id; again, or twice at the same time, changes nothing."""
        for each in await obstore.list(self._objects, _place(media_id)).collect_async():
            with suppress(FileNotFoundError):  # another was faster
                await obstore.delete_async(self._objects, each["path"])


def media_store(settings: MediaSettings) -> MediaStore:
    """Open the store that the settings name. An object store's credentials are found where its own
    tools look for them: `AWS_*`, `AZURE_*`, `GOOGLE_*`."""
    url = settings.media_url
    if url is None:
        settings.media_folder.mkdir(parents=True, exist_ok=True)
        local = LocalStore(settings.media_folder, automatic_cleanup=True)
        return MediaStore(local, settings.media_folder)
    if url.startswith(_IN_PROCESS):
        return MediaStore(from_url(url))
    return MediaStore(
        from_url(
            url,
            # An endpoint without TLS is the operator's own word, in its address.
            client_options={"connect_timeout": "5s", "timeout": "60s", "allow_http": True},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
        )
    )


def _original_last(files: Path) -> list[Path]:
    # It is what is looked for: what was cut short is put again.
    return sorted(files.iterdir(), key=lambda each: each.name == ORIGINAL)


def _place(media_id: UUID) -> str:
    name = str(media_id)
    return f"{name[:2]}/{name}"


def _move(files: Path, place: Path) -> None:
    for file in files.iterdir():
        _sync(file)
    _sync(files)
    place.parent.mkdir(exist_ok=True)
    try:
        files.rename(place)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        # Somebody was faster with the same bytes.
        shutil.rmtree(files)
    # The new names are changes of the folders that hold them.
    _sync(place.parent)
    _sync(place.parent.parent)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
