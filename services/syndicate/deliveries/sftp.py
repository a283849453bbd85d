"""Files on a server that speaks SFTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

import asyncssh

from services.common.outgoing import Outgoing, OutgoingFailure, TargetRefused
from services.syndicate.deliveries.files import File, Place, partial_name
from services.syndicate.deliveries.forms import SftpTarget
from services.syndicate.deliveries.sending import NotTaken, Way
from services.syndicate.deliveries.sftp_connections import Connections

_BLOCK = 32 * 1024  # bytes; every server takes so much


class SftpServers:
    """The servers of ways."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._connections = Connections(outgoing)

    @asynccontextmanager
    async def open(self, way: Way) -> AsyncIterator[Place]:
        """Log in, and give the folder of a way."""
        target = SftpTarget.read(way.target)
        assert target is not None, "it was looked at when the way was made"
        try:
            async with self._connections.use(way) as client:
                yield _Folder(client, PurePosixPath(target.folder))
        except (asyncssh.Error, OSError, OutgoingFailure) as error:
            raise NotTaken(_reason(error)) from error

    def close(self) -> None:
        """Close what is open."""
        self._connections.close()


@dataclass(frozen=True)
class _Folder:
    client: asyncssh.SFTPClient
    path: PurePosixPath

    async def put(self, file: File) -> None:
        unfinished = self._at(partial_name(file.name))
        # Not by `async with`: it would wait to close the file on a server that has fallen silent.
        # After a failure the file is closed with its connection. And a block at a time: when it
        # is interrupted, asyncssh leaves what it writes at once to itself.
        opened = await self.client.open(unfinished, "wb", block_size=0)
        for start in range(0, len(file.content), _BLOCK):
            await opened.write(file.content[start : start + _BLOCK])
        with suppress(asyncssh.SFTPOpUnsupported):
            await opened.fsync()
        await opened.close()
        await self._rename(unfinished, self._at(file.name))

    async def remove(self, name: str) -> None:
        for each in (partial_name(name), name):
            with suppress(asyncssh.SFTPNoSuchFile):
                await self.client.remove(self._at(each))

    async def _rename(self, before: str, after: str) -> None:
        try:
            await self.client.posix_rename(before, after)
        except asyncssh.SFTPOpUnsupported:
            # SFTP's own does not replace what is there (version 3 of the protocol, section 6.5).
            with suppress(asyncssh.SFTPNoSuchFile):
                await self.client.remove(after)
            await self.client.rename(before, after)

    def _at(self, name: str) -> str:
        return str(self.path / name)


def _reason(error: Exception) -> str:
    """Say what it was, in none of the server's own words."""
    match error:
        case TargetRefused():
            return "address_refused"
        case asyncssh.HostKeyNotVerifiable():
            return "host_key_unknown"
        case asyncssh.PermissionDenied():
            return "login_refused"
        case asyncssh.SFTPPermissionDenied():
            return "no_permission"
        case asyncssh.SFTPNoSuchFile() | asyncssh.SFTPNoSuchPath():
            return "no_such_folder"
        case asyncssh.SFTPNoSpaceOnFilesystem() | asyncssh.SFTPQuotaExceeded():
            return "disk_full"
        case TimeoutError():
            return "too_slow"
        case asyncssh.SFTPError():
            return "sftp_error"
        case _:
            return "no_answer"
