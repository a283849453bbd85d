"""A cluster that is away, or that has too much to do: told, and over as soon as it is back."""

import asyncio
import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from pydantic import ValidationError

from services.archive.cluster.bulk import DocumentRefused, write
from services.archive.cluster.engine import ClusterEngine
from services.archive.cluster.nodes import Nodes, NotNow
from services.archive.cluster.writes import Write
from services.archive.engine.contract import EngineFailed
from services.archive.settings import ArchiveSettings
from tests.archive.conftest import running_archive
from tests.factories import article
from tests.stack.processes import free_port_base, until

pytestmark = pytest.mark.xdist_group("opensearch")

NOBODY = "http://127.0.0.1:1"


@contextmanager
def door(port: int, cluster: str) -> Iterator[None]:
    """Pass on what comes at a port, for as long as the body runs: outside of it nobody listens."""
    target = ("127.0.0.1", int(cluster.rpartition(":")[2]))
    held: list[socket.socket] = []

    def pump(one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass

    def accept() -> None:
        while True:
            try:
                here, _ = listener.accept()
            except OSError:
                return
            there = socket.create_connection(target)
            held.extend((here, there))
            for pair in ((here, there), (there, here)):
                Thread(target=pump, args=pair, daemon=True).start()

    with socket.create_server(("127.0.0.1", port)) as listener:
        thread = Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
    for each in held:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


async def test_an_archive_starts_without_its_cluster_and_says_so_until_it_is_there(
    tmp_path, cluster, name
):
    port = free_port_base()
    async with running_archive(
        tmp_path, search_url=f"http://127.0.0.1:{port}", search_index=name
    ) as archive:
        ready = await archive.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["index"] == f"127.0.0.1:{port}: ConnectError"
        answer = await archive.get("/v1/latest")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "2"
        assert answer.json()["detail"] == "The index can't be asked just now."
        page = await archive.get("/", Accept="text/html")
        assert page.status_code == 503

        with door(port, cluster):
            await readiness(archive, 200)
            archive.take(one := article())
            assert await archive.ids("/v1/latest") == [str(one.id)]
        await readiness(archive, 503)
        with pytest.raises(EngineFailed):
            archive.take(article())
        with door(port, cluster):
            # The consumer tries again what was not taken; until then it is not said to be well.
            async with asyncio.timeout(60):
                while (await archive.get("/v1/latest")).status_code != 200:
                    await asyncio.sleep(0.05)
            assert (await archive.get("/readyz")).status_code == 503
            archive.take(article())
            await readiness(archive, 200)


async def readiness(archive, status: int) -> None:
    async with asyncio.timeout(60):
        while (await archive.get("/readyz")).status_code != status:
            await asyncio.sleep(0.05)


def test_a_node_that_is_away_is_passed_over(cluster, name):
    engine = ClusterEngine([NOBODY, cluster], name)
    for _ in range(4):
        engine.take([article()], {})
    engine.close()


def test_while_all_are_away_nobody_asks_them_again_and_again(cluster):
    port = free_port_base()
    nodes = Nodes([f"http://127.0.0.1:{port}"])
    with pytest.raises(NotNow, match="ConnectError"):
        nodes.call("GET", "")
    with door(port, cluster):
        with pytest.raises(NotNow, match="ConnectError"):
            nodes.call("GET", "")
        until(lambda: answers(nodes))


def answers(nodes: Nodes) -> bool:
    try:
        return nodes.call("GET", "").ok
    except NotNow:
        return False


def test_a_document_that_can_never_be_taken_is_the_records_fault(engine, cluster):
    assert engine.id
    nodes = Nodes([cluster])
    alias = engine._indexes.alias
    writes = [Write("good", 1, {"kind": "x"}), Write("bad", 1, {"no such field": 1})]
    with pytest.raises(DocumentRefused, match="strict_dynamic_mapping_exception"):
        write(nodes, alias, writes, refresh=False)
    assert not isinstance(DocumentRefused(), OSError)


def test_passwords_are_in_no_fault():
    nodes = Nodes(["http://tinbai:bí-mật@127.0.0.1:1"])
    with pytest.raises(EngineFailed) as failed:
        nodes.call("GET", "")
    assert "127.0.0.1" in str(failed.value)
    assert "mật" not in str(failed.value)
    assert "tinbai" not in str(failed.value)


@contextmanager
def node_that_answers(status: int) -> Iterator[tuple[int, list[str]]]:
    """Give the port of a node, and what it heard: paths and keys in turn."""
    heard: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            heard.extend((self.path, self.headers["Authorization"] or ""))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, heard
        server.shutdown()


def test_name_and_password_go_to_each_node_in_a_header():
    with node_that_answers(200) as (port, heard):
        assert Nodes([f"http://tinbai:m%E1%BA%ADt@127.0.0.1:{port}"]).call("GET", "_cluster").ok
    assert heard == ["/_cluster", f"Basic {b64encode('tinbai:mật'.encode()).decode()}"]


@pytest.mark.parametrize(("status", "asked"), [(429, 2), (503, 1)])
def test_a_node_that_has_too_much_to_do_is_there_for_the_next_one(status, asked):
    with node_that_answers(status) as (port, heard):
        nodes = Nodes([f"http://127.0.0.1:{port}"])
        for _ in range(2):
            with pytest.raises(NotNow, match=f"127.0.0.1:{port}: {status}"):
                nodes.call("GET", "_search")
    assert len(heard[::2]) == asked


@pytest.mark.parametrize(
    "url", ["search-1:9200", "ftp://search-1", "http://search-1:9200/path", "http://search-1?x=1"]
)
def test_what_cannot_be_the_address_of_a_node_is_refused(url):
    with pytest.raises(ValidationError) as refused:
        ArchiveSettings(search_url=url)
    assert url not in str(refused.value.errors(include_input=False, include_url=False))


def test_several_nodes_are_named_with_commas_or_spaces_between_them():
    settings = ArchiveSettings(search_url="https://a:1, https://u:p@b:2 https://c")
    assert settings.search_urls == ["https://a:1", "https://u:p@b:2", "https://c"]
    assert "u:p" not in repr(settings)
