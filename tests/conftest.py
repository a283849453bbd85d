"""What tests of several services need."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from services.common.database import sqlite_url
from tests.postgres import Postgres, running_postgres

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Give a PostgreSQL server."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgresql_url(postgres: Postgres) -> Iterator[str]:
    """Give the URL of an empty database on PostgreSQL."""
    name = f"test{next(_numbers)}"
    yield postgres.new_database(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of an empty database: each test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "database" / "test.db")
    url: str = request.getfixturevalue("postgresql_url")
    return url
