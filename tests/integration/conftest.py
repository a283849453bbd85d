"""Stacks for tests: one that they share, or one of their own."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stack.aot import prepared_java
from stack.kafka_probe import kafka_answers
from tests.integration.stacks import Stack
from tests.stack.processes import DEADLINE, free_port_base, until


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Give a stack to start; it is stopped afterwards."""
    it = Stack(tmp_path / "data")
    yield it
    assert it.tinbai("down").returncode == 0


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Give a running stack, for tests that don't mind what others put into it."""
    it = Stack(tmp_path_factory.mktemp("shared") / "data")
    started = it.up()
    assert started.returncode == 0, started.stderr
    yield it
    assert it.tinbai("down").returncode == 0


@pytest.fixture
def bootstrap(tmp_path: Path) -> Iterator[str]:
    """Give the address of a broker that runs alone."""
    with broker_alone(tmp_path / "broker-alone") as address:
        yield address


@contextmanager
def broker_alone(data: Path) -> Iterator[str]:
    """Run a broker, and give its address."""
    prepared_java()
    base = free_port_base()
    command = [sys.executable, "-m", "stack", "broker", "--data", str(data)]
    with subprocess.Popen([*command, "--port-base", str(base)]) as broker:
        until(lambda: asyncio.run(kafka_answers("127.0.0.1", base + 92)))
        yield f"127.0.0.1:{base + 92}"
        broker.terminate()
        broker.wait(DEADLINE)
