"""An upload on its way to the disk: hashed as it comes, bounded in size and in time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from uuid import NAMESPACE_OID, UUID, uuid5

from services.common.problems import Problem
from services.common.said import said
from services.ingest.media.kinds import HEAD, Format, Refused, sniff
from services.ingest.settings import IngestSettings

Check = Callable[[Format], None]
"""Raises Refused where what the sender says does not fit what the bytes are."""

_BUFFER = 1024 * 1024  # bytes written at once
_PATIENCE = 30.0  # seconds without a byte
_LONGEST = 3600.0  # seconds
# A client that still sends would not see a refusal on a closed connection: so much more is read.
_DRAINED = 8 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class Upload:
    """A file that has come whole."""

    id: UUID
    """By the bytes as they came: the same file has the same id, whoever sends it."""
    path: Path
    format: Format
    size: int


def limits_of(settings: IngestSettings) -> dict[str, int]:
    """Give the most bytes of each family of files."""
    return {"picture": settings.picture_bytes, "recording": settings.recording_bytes}


async def receive(
    parts: AsyncIterator[bytes],
    declared: int | None,
    limits: dict[str, int],
    check: Check,
    path: Path,
) -> Upload:
    """Write an upload to `path`. Raises Refused, or OSError where the disk is at fault, having read
    on for a bounded while; Problem where it comes too slowly."""
    patient = _patient(parts)
    with closing(_Receiver(path, limits, check, declared or 0)) as receiver:
        try:
            async with asyncio.timeout(_LONGEST):
                async for part in patient:
                    await receiver.take(part)
                return await receiver.finish()
        except TimeoutError:
            raise Problem("bad-request", said("The file came too slowly.")) from None
        except (Refused, OSError):
            await _drain(patient)
            raise


@dataclass
class _Receiver:
    path: Path
    limits: dict[str, int]
    check: Check
    declared: int
    format: Format | None = None
    size: int = 0
    _held: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self._digest = sha256()
        self._file = self.path.open("wb", buffering=0)

    async def take(self, part: bytes) -> None:
        self.size += len(part)
        self._held += part
        if self.format is None and len(self._held) >= HEAD:
            self._recognise()
        self._check_size(self.size)
        if len(self._held) >= _BUFFER:
            await self._write()

    async def finish(self) -> Upload:
        if self.format is None:
            self._recognise()
        assert self.format is not None
        await self._write()
        media_id = uuid5(NAMESPACE_OID, self._digest.hexdigest())
        return Upload(media_id, self.path, self.format, self.size)

    def close(self) -> None:
        self._file.close()

    def _recognise(self) -> None:
        self.format = sniff(bytes(self._held[:HEAD]))
        self.check(self.format)
        self._check_size(self.declared)

    def _check_size(self, size: int) -> None:
        if self.format is None:
            return
        most = self.limits[self.format.family]
        if size > most:
            reason = said(
                "At most {most:,} bytes are taken of a {kind} file.",
                most=most,
                kind=self.format.name,
            )
            raise Refused("too-large", reason)

    async def _write(self) -> None:
        held, self._held = self._held, bytearray()
        await asyncio.to_thread(self._write_out, held)

    def _write_out(self, held: bytearray) -> None:
        self._digest.update(held)
        view = memoryview(held)
        while view:
            view = view[self._file.write(view) :]


async def _patient(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(_PATIENCE):
            try:
                part = await anext(parts)
            except StopAsyncIteration:
                return
        yield part


async def _drain(parts: AsyncIterator[bytes]) -> None:
    drained = 0
    with suppress(TimeoutError):
        async for part in parts:
            drained += len(part)
            if drained > _DRAINED:
                return
