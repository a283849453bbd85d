"""A cluster that is away, or that has too much to do: told, and over as soon as it is back."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from services.archive.cluster.bulk import DocumentRefused, write
from services.archive.cluster.engine import ClusterEngine
from services.archive.cluster.nodes import Nodes, NotNow
from services.archive.cluster.writes import Write
from services.archive.engine.contract import EngineFailed
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
