"""What is answered before it is read: in memory, then in a file, so that nobody waits for a client
who sends everything first."""

import asyncio
import tempfile
from collections.abc import AsyncIterator

_IN_MEMORY = 1024 * 1024  # bytes
_PIECE = 64 * 1024  # bytes


class Spool:
    """Written at one end, read at the other, by two tasks of one loop."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by `read`
        self._read_to = self._written_to = 0
        self._changed = asyncio.Event()
        self._ended = False
        self._fault: OSError | None = None

    def write(self, data: bytes) -> None:
        """Add to the end. Raises OSError if the disk is full, and so does the reading then."""
        try:
            self._file.seek(self._written_to)
            self._file.write(data)
        except OSError as fault:
            # What was not read yet may be lost too: it was being moved to the file.
            self._fault = fault
            raise
        self._written_to += len(data)
        self._changed.set()

    def end(self) -> None:
        """Say that nothing more will come."""
        self._ended = True
        self._changed.set()

    async def read(self) -> AsyncIterator[bytes]:
        """Give all of it, as it comes. Raises OSError where that is not there."""
        with self._file:
            while True:
                if self._fault:
                    raise self._fault
                if self._read_to < self._written_to:
                    yield self._piece()
                elif self._ended:
                    return
                else:
                    self._changed.clear()
                    await self._changed.wait()

    def _piece(self) -> bytes:
        self._file.seek(self._read_to)
        piece = self._file.read(_PIECE)
        self._read_to += len(piece)
        if self._read_to == self._written_to:
            # All was read: what comes next begins anew, and the file does not grow for ever.
            self._read_to = self._written_to = 0
            self._file.seek(0)
            self._file.truncate()
        return piece
