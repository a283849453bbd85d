"""Connections to SFTP servers, kept for a little while: a log-in for each file of a busy hour would
look like an attack to some of them."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncssh

from services.common.outgoing import Outgoing
from services.syndicate.ways.forms import SftpTarget
from services.syndicate.ways.sending import Way

_SECONDS = 10.0  # for one of a name's addresses, and then for the log-in
_IDLE = 15.0  # seconds that a connection is kept after its last use

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


@dataclass
class _Kept:
    """A connection that is open."""

    connection: asyncssh.SSHClientConnection
    client: asyncssh.SFTPClient
    users: int = 0
    failed: bool = False
    idle: asyncio.TimerHandle | None = None


class Connections:
    """One for each way, shared by those who use it at the same time."""

    def __init__(self, outgoing: Outgoing, idle: float = _IDLE) -> None:
        self._outgoing = outgoing
        self._idle = idle
        self._kept: dict[UUID, _Kept] = {}
        self._turns: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def use(self, way: Way) -> AsyncIterator[asyncssh.SFTPClient]:
        """Give the client of a way's connection. After whatever failure another one is made for
        those who come next. Raises asyncssh.Error, OSError,
        OutgoingFailure."""
        kept = await self._enter(way)
        try:
            yield kept.client
        except BaseException:
            kept.failed = True
            raise
        finally:
            self._leave(way.id, kept)

    def close(self) -> None:
        """Close all, at once."""
        for kept in self._kept.values():
            if kept.idle:
                kept.idle.cancel()
            kept.connection.abort()
        self._kept.clear()

    async def _enter(self, way: Way) -> _Kept:
        async with self._turns[way.id]:  # one connects, the others wait for it
            kept = self._kept.get(way.id)
            if kept is None or kept.failed or kept.connection.is_closed():
                kept = self._kept[way.id] = await self._open(way)
            if kept.idle:
                kept.idle.cancel()
            kept.users += 1
            return kept

    def _leave(self, way: UUID, kept: _Kept) -> None:
        kept.users -= 1
        if kept.users:
            return
        if kept.failed:
            self._drop(way, kept)
        else:
            loop = asyncio.get_running_loop()
            kept.idle = loop.call_later(self._idle, self._drop, way, kept)

    def _drop(self, way: UUID, kept: _Kept) -> None:
        kept.connection.abort()  # no server may keep us waiting for its good-bye
        if self._kept.get(way) is kept:
            del self._kept[way]

    async def _open(self, way: Way) -> _Kept:
        target = SftpTarget.read(way.target)
        assert target is not None, "it was looked at when the way was made"
        connection = await self._connected(way, target)
        try:
            return _Kept(connection, await connection.start_sftp_client())
        except BaseException:
            connection.abort()
            raise

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
