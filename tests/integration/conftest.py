"""Stacks for tests: one that they share, or one of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.stacks import Stack


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
