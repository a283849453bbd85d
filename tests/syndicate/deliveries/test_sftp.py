"""Files by SFTP, to a real server on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from services.common.outgoing import Outgoing
from services.syndicate.deliveries.files import File, lay_down, try_out
from services.syndicate.deliveries.sending import NotTaken, Way
from services.syndicate.deliveries.sftp import SftpServers
from services.syndicate.deliveries.sftp_connections import Connections
from tests.syndicate.deliveries.parcels import way

LOOPBACK = [ip_network("127.0.0.0/8")]
NAME = "sftp.partner.example"
PASSWORD = "mật khẩu"
HOST_KEY = asyncssh.generate_private_key("ssh-ed25519")
OUR_KEY = asyncssh.generate_private_key("ssh-ed25519")
TIN = File("000000000001-published-x-v1.xml", b"<tin/>" * 20_000, "application/xml")


@dataclass
class Server:
    """An SFTP server that lets `tinbai` in."""

    root: Path
    port: int = 0
    logins: list[str] = field(default_factory=list)
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)

    def way(self, folder: str = "/in", host_key: asyncssh.SSHKey = HOST_KEY, **changes: Any) -> Way:
        public = host_key.export_public_key().decode().strip()
        settings = {"known_hosts": f"[{NAME}]:{self.port} {public}", "login": "password"}
        fields = {"settings": settings | changes.pop("settings", {}), "secrets": (PASSWORD,)}
        target = f"sftp://tinbai@{NAME}:{self.port}{folder}"
        return way("sftp", target, **(fields | changes))


class _Guard(asyncssh.SSHServer):
    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._server.connections.append(conn)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._server.logins.append(f"{username}:{password}")
        return (username, password) == ("tinbai", PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return key == OUR_KEY.convert_to_public()


class _Old(asyncssh.SFTPServer):
    """Knows nothing of OpenSSH's extensions."""

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPOpUnsupported("no")

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        if Path(self.map_path(newpath).decode()).exists():
            raise asyncssh.SFTPFailure("it is there")
        super().rename(oldpath, newpath)

    def fsync(self, file_obj: object) -> None:
        raise asyncssh.SFTPOpUnsupported("no")


@asynccontextmanager
async def running(root: Path, kind: type[asyncssh.SFTPServer]) -> AsyncIterator[Server]:
    server = Server(root)
    listener = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[HOST_KEY],
        server_factory=lambda: _Guard(server),
        sftp_factory=lambda channel: kind(channel, chroot=str(root).encode()),
    )
    server.port = listener.get_port()
    try:
        yield server
    finally:
        listener.close()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    (tmp_path / "in").mkdir()
    async with running(tmp_path, asyncssh.SFTPServer) as server:
        yield server


async def here(host: str, port: int) -> list[str]:
    assert host == NAME
    return ["127.0.0.1"]


@pytest.fixture
async def servers() -> AsyncIterator[SftpServers]:
    async with Outgoing(LOOPBACK, resolve=here) as outgoing:
        with closing(SftpServers(outgoing)) as servers:
            yield servers


async def put(servers: SftpServers, to: Way, file: File = TIN) -> None:
    async with servers.open(to) as place:
        await place.put(file)


async def test_a_file_is_laid_down_whole_and_older_ones_go(server, servers):
    async with servers.open(server.way()) as place:
        await place.put(File("old.xml", b"old", "application/xml"))
        await lay_down(place, TIN, ["old.xml", "never-was.xml"])
        await place.put(TIN)

    assert [each.name for each in (server.root / "in").iterdir()] == [TIN.name]
    assert (server.root / "in" / TIN.name).read_bytes() == TIN.content


async def test_a_server_without_extensions_will_do(tmp_path, servers):
    (tmp_path / "in").mkdir()
    async with running(tmp_path, _Old) as server, servers.open(server.way()) as place:
        await place.put(TIN)
        await place.put(TIN)
        await try_out(place)

    assert [each.name for each in (tmp_path / "in").iterdir()] == [TIN.name]


async def test_a_key_opens_as_well_as_a_password(server, servers):
    secret = OUR_KEY.export_private_key().decode()
    by_key = server.way(settings={"login": "private_key"}, secrets=(secret,))

    await put(servers, by_key)

    assert (server.root / "in" / TIN.name).exists()
    assert not server.logins


async def test_a_folder_in_the_users_home_may_be_named(server, servers):
    await put(servers, server.way("/~/in"))

    assert (server.root / "in" / TIN.name).exists()


async def test_a_server_with_another_key_gets_no_password(server, servers):
    stranger = asyncssh.generate_private_key("ssh-ed25519")

    with pytest.raises(NotTaken, match="host_key_unknown"):
        await put(servers, server.way(host_key=stranger))

    assert not server.logins


async def test_a_wrong_password_and_a_missing_folder_are_told_apart(server, servers):
    with pytest.raises(NotTaken, match="login_refused"):
        await put(servers, server.way(secrets=("wrong",)))
    with pytest.raises(NotTaken, match="no_such_folder"):
        await put(servers, server.way("/nowhere"))


async def test_nobody_at_home_is_said(servers, server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server.port = free.getsockname()[1]

        with pytest.raises(NotTaken, match="no_answer"):
            await put(servers, server.way())


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1"]])
async def test_a_name_that_leads_inside_is_not_connected_to(server, addresses):
    async def resolve(host: str, port: int) -> list[str]:
        return addresses

    async with Outgoing(resolve=resolve) as outgoing:
        with pytest.raises(NotTaken, match="address_refused"):
            await put(SftpServers(outgoing), server.way())

    assert not server.connections


async def test_a_name_is_looked_up_once_and_then_no_more(server):
    answers = [["127.0.0.1"], ["169.254.169.254"]]

    async def resolve(host: str, port: int) -> list[str]:
        return answers.pop(0)

    async with Outgoing(LOOPBACK, resolve=resolve) as outgoing:
        with closing(SftpServers(outgoing)) as servers:
            await put(servers, server.way())

    assert answers == [["169.254.169.254"]]


async def test_files_of_a_busy_hour_share_a_log_in(server, servers):
    way = server.way()
    files = [replace(TIN, name=f"{number}.xml") for number in range(8)]

    await asyncio.gather(*(put(servers, way, file) for file in files))
    await put(servers, way)

    assert len(server.logins) == 1
    assert len(list((server.root / "in").iterdir())) == 9


async def test_after_a_failure_the_next_attempt_logs_in_anew(server, servers):
    way = server.way()
    await put(servers, way)
    (server.root / "in").rename(server.root / "elsewhere")
    with pytest.raises(NotTaken):
        await put(servers, way)
    (server.root / "elsewhere").rename(server.root / "in")
    await put(servers, way)

    assert len(server.logins) == 2


async def test_a_failure_of_one_file_is_none_of_the_others(server, servers):
    way = server.way()
    async with servers.open(way) as place:
        with pytest.raises(NotTaken):
            await put(servers, replace(way, target=f"{way.target}/nowhere"))
        await place.put(TIN)

    assert (server.root / "in" / TIN.name).exists()


async def test_a_connection_that_nobody_needs_is_closed(server):
    async with Outgoing(LOOPBACK, resolve=here) as outgoing:
        connections = Connections(outgoing, idle=0.01)
        async with connections.use(server.way()) as client:
            assert await client.exists("in")
        async with asyncio.timeout(10):
            await client.wait_closed()


async def test_a_server_that_has_gone_meanwhile_is_logged_in_to_again(server, servers):
    way = server.way()
    await put(servers, way)
    for connection in server.connections:
        connection.abort()
    await asyncio.gather(*(each.wait_closed() for each in server.connections))
    with suppress(NotTaken):  # it is told only when it next reads
        await put(servers, way)
    await put(servers, way)

    assert len(server.logins) == 2


async def test_a_server_that_says_nothing_is_left_at_once_when_time_is_over(servers, server):
    accepted = asyncio.Event()
    left = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.set()
        await reader.read()
        left.set()
        writer.close()

    mute = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with mute:
        server.port = mute.sockets[0].getsockname()[1]
        attempt = asyncio.create_task(put(servers, server.way()))
        await accepted.wait()
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt
        async with asyncio.timeout(10):
            await left.wait()


async def test_a_server_that_falls_silent_in_the_middle_is_left_at_once_too(tmp_path, servers):
    asked, over = asyncio.Event(), asyncio.Event()

    class Silent(asyncssh.SFTPServer):
        async def write(self, file_obj: object, offset: int, data: bytes) -> int:
            asked.set()
            await over.wait()
            return len(data)

        async def close(self, file_obj: object) -> None:
            await over.wait()

    (tmp_path / "in").mkdir()
    async with running(tmp_path, Silent) as server:
        attempt = asyncio.create_task(put(servers, server.way()))
        async with asyncio.timeout(10):
            await asked.wait()
        attempt.cancel()
        done, _ = await asyncio.wait([attempt], timeout=5)
        over.set()
        await asyncio.gather(*(each.wait_closed() for each in server.connections))

    assert done
    assert attempt.cancelled()
