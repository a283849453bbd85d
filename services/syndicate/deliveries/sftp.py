"""Files on a server that speaks SFTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import asyncssh

from services.common.outgoing import Outgoing, TargetRefused
from services.syndicate.deliveries.files import File, Place, partial_name
from services.syndicate.deliveries.forms import SftpTarget
from services.syndicate.deliveries.sending import NotTaken, Way

_SECONDS = 10.0  # for one of a name's addresses, and then for the log-in

# Nothing of whoever runs this process: not his keys, his agent, or the hosts that he trusts.
_OURS_ONLY: dict[str, Any] = {
    "config": None,
    "agent_path": None,
    "agent_forwarding": False,
    "gss_kex": False,
    "gss_auth": False,
    "host_based_auth": False,
    "x509_trusted_certs": None,
    "disable_trivial_auth": True,
}


class SftpServers:
    """The servers of ways; each attempt has a connection of its own."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing

    @asynccontextmanager
    async def open(self, way: Way) -> AsyncIterator[Place]:
        """Log in, and give the folder of a way."""
        target = SftpTarget.read(way.target)
        assert target is not None, "it was looked at when the way was made"
        try:
            connection = await self._connected(way, target)
            try:
                yield _Folder(await connection.start_sftp_client(), PurePosixPath(target.folder))
            finally:
                connection.abort()  # no server may keep us waiting for its good-bye
        except (asyncssh.Error, OSError, TargetRefused) as error:
            raise NotTaken(_reason(error)) from error

    async def _connected(self, way: Way, target: SftpTarget) -> asyncssh.SSHClientConnection:
        """Connect to an address that was checked; the server must show a key of its name's."""
        *others, last = await self._outgoing.addresses(target.host, target.port)
        for address in others:
            with suppress(OSError, TimeoutError):
                return await _connect(way, target, address)
        return await _connect(way, target, last)


async def _connect(way: Way, target: SftpTarget, address: str) -> asyncssh.SSHClientConnection:
    secret, *_ = way.secrets
    by_key = way.settings["login"] == "private_key"
    return await asyncssh.connect(
        address,
        target.port,
        host_key_alias=target.host,
        known_hosts=str(way.settings["known_hosts"]).encode(),
        username=target.user,
        client_keys=[asyncssh.import_private_key(secret)] if by_key else None,
        password=None if by_key else secret,
        connect_timeout=_SECONDS,
        login_timeout=_SECONDS,
        **_OURS_ONLY,
    )


@dataclass(frozen=True)
class _Folder:
    client: asyncssh.SFTPClient
    path: PurePosixPath

    async def put(self, file: File) -> None:
        unfinished = self._at(partial_name(file.name))
        async with self.client.open(unfinished, "wb") as opened:
            await opened.write(file.content)
            with suppress(asyncssh.SFTPOpUnsupported):
                await opened.fsync()
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
