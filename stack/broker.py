"""The broker: one Apache Kafka node, with all its state below one folder."""

import base64
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from stack.errors import StackError
from stack.java import Java
from stack.layout import Layout
from stack.leash import leashed

_FORMAT_TIMEOUT = 60

# Comments give the reason where it isn't plain. Topics bring their own retention.
_PROPERTIES = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "log.retention.ms": "-1",  # Kafka is the record: nothing goes that its topic doesn't let go
    # One node holds the only copy of its internal topics; few partitions start faster.
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "3",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "3",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    # Consumers start at once, and a killed one's partitions move after 3 s.
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    # After a kill -9 it answers in 3 s; at the defaults in 11.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
    "controller.quorum.election.timeout.ms": "500",
    "controller.quorum.fetch.timeout.ms": "1000",
    # Memory and threads for a stack on one machine. The cleaner's buffer is 128 MiB by default.
    "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "4",
}


@dataclass(frozen=True)
class Broker:
    """Where the broker keeps its state, listens, and is reached."""

    folder: Path
    java: Java
    port: int
    controller_port: int
    host: str = "127.0.0.1"
    advertised_host: str = "127.0.0.1"

    @classmethod
    def of(cls, layout: Layout, java: Java, host: str, advertised_host: str) -> Self:
        """Give the broker of a stack."""
        return cls(
            folder=layout.data / "broker",
            java=java,
            port=layout.port("broker"),
            controller_port=layout.port("controller"),
            host=host,
            advertised_host=advertised_host,
        )

    @property
    def address(self) -> str:
        """What clients bootstrap from."""
        return f"{self.advertised_host}:{self.port}"

    @property
    def command(self) -> list[str]:
        """Its command line; `server.properties` names the data folder in it."""
        return self.java.command(
            "kafka.Kafka", str(self.folder / "server.properties"), flags=self.java.aot_flags
        )

    def properties(self, log_dir: str) -> str:
        """Render server.properties."""
        # A single controller listens where only its own process looks for it.
        controller = f"127.0.0.1:{self.controller_port}"
        own = {
            # Relative to the working folder: Kafka splits at commas, and reads Latin-1.
            "log.dirs": log_dir,
            "listeners": f"PLAINTEXT://{self.host}:{self.port},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.address}",
            "controller.quorum.voters": f"1@{controller}",
        }
        return "".join(f"{key}={value}\n" for key, value in (_PROPERTIES | own).items())

    def prepare(self) -> None:
        """Write the properties, empty the scratch folder, and format the storage if it is new."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(self.folder / "tmp", ignore_errors=True)
            (self.folder / "tmp").mkdir()
            (self.folder / "server.properties").write_text(self.properties("log"))
            if not (self.folder / "log").exists():
                self._format()
        except OSError as error:
            raise StackError(f"Cannot write to {self.folder}: {error.strerror}.") from error

    def _format(self) -> None:
        """Format under another name, and rename: one that was cut short is simply done again."""
        new = self.folder / "log.new"
        shutil.rmtree(new, ignore_errors=True)
        properties = self.folder / "format.properties"
        properties.write_text(self.properties(new.name))
        self._run_java("kafka.tools.StorageTool", "format", "-t", _cluster_id(), "-c", properties)
        properties.unlink()
        new.rename(self.folder / "log")

    def _run_java(self, *command: str | Path) -> None:
        try:
            subprocess.run(
                leashed(self.java.command(*map(str, command))),
                cwd=self.folder,
                env=self.java.environment,
                capture_output=True,
                text=True,
                timeout=_FORMAT_TIMEOUT,
                check=True,
            )
        except subprocess.TimeoutExpired as error:
            raise StackError(f"Java took longer than {error.timeout} s to format.") from error
        except subprocess.CalledProcessError as error:
            reason = [*(error.stderr or error.stdout).strip().splitlines(), "no reason given"][0]
            raise StackError(f"Java cannot format the broker's storage: {reason}") from error


def _cluster_id() -> str:
    """Make a Kafka Uuid; its first byte keeps the text from starting with a dash."""
    return base64.urlsafe_b64encode(b"t" + secrets.token_bytes(15)).decode().rstrip("=")
