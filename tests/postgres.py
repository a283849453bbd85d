"""A PostgreSQL server for tests: Debian's, on a free port, gone with its folder."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.stack.processes import free_port_base, until

_START_WITHIN = 60  # seconds
# Nothing has to last, and most of its work is to make databases and to drop them.
_LIGHT = [
    *("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off"),
    *("-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "shared_buffers=16MB"),
]


@dataclass(frozen=True)
class Postgres:
    """A server that runs."""

    port: int
    folder: Path

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://tinbai@127.0.0.1:{self.port}/{database}"

    def new_database(self, name: str, template: str | None = None) -> str:
        """Make a database, empty or with what another holds, and give its URL."""
        like = f'TEMPLATE "{template}"' if template else ""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" {like} STRATEGY file_copy')
        return self.url(name)

    def drop(self, name: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def running_postgres(*settings: str) -> Iterator[Postgres]:
    """Run a server for as long as the body runs; `settings` are as `postgres -c` takes them."""
    # Not below pytest's folder, which is root's alone where root runs the tests.
    with tempfile.TemporaryDirectory(prefix="tinbai-postgres-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        with _running(Path(folder), settings) as server:
            yield server


@contextmanager
def _running(folder: Path, settings: Sequence[str]) -> Iterator[Postgres]:
    programs, data = _programs(), folder / "data"
    made: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "tinbai",
        "--auth=trust",
        "--no-sync",
    ]
    subprocess.run(_as_nobody_special(made), check=True, capture_output=True, timeout=_START_WITHIN)
    port = free_port_base()
    server: list[str | Path] = [
        programs / "postgres",
        "-D",
        data,
        "-p",
        str(port),
        "-h",
        "127.0.0.1",
        "-k",
        "",
    ]
    given = [word for setting in settings for word in ("-c", setting)]
    with subprocess.Popen(
        _as_nobody_special([*server, *_LIGHT, *given]), stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_until_ready(programs, port)
            yield Postgres(port, data)
        finally:
            process.terminate()
            process.wait(_START_WITHIN)


def _wait_until_ready(programs: Path, port: int) -> None:
    probe: list[str | Path] = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    until(lambda: subprocess.run(probe, check=False).returncode == 0)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else Path(str(shutil.which("postgres"))).parent


def _as_nobody_special(command: list[str | Path]) -> list[str]:
    # The server will not run as root.
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        return words
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", *words]
