"""What tests of several services need."""

import shutil
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

import httpcore2
import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer

from services.common.database import sqlite_url
from tests.postgres import Postgres, running_postgres
from tests.sharing import Together, slow_first

_numbers = count(1)

# A slow machine is no fault, and what fails must be the change's own: examples stay the same.
settings.register_profile(
    "tinbai", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tinbai")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """Share the tests out among workers."""
    return Together(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order them, where there are workers."""
    if hasattr(config, "workerinput"):
        items[:] = slow_first(items)


@pytest.fixture(scope="session", autouse=True)
def certificates_read_once() -> Iterator[None]:
    """Read the system's certificates once, not for each client: that takes 20 ms."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", cache(httpcore2.default_ssl_context))
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Give a PostgreSQL server."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template() -> str | None:
    """Name the database whose tables each new one has; none, and it is empty."""
    return None


@pytest.fixture(scope="session")
def sqlite_template() -> Path | None:
    """Give the file whose tables each new one has; none, and it is empty."""
    return None


@pytest.fixture
def postgresql_url(postgres: Postgres, postgresql_template: str | None) -> Iterator[str]:
    """Give the URL of a new database on PostgreSQL."""
    name = f"test{next(_numbers)}"
    yield postgres.new_database(name, postgresql_template)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path | None
) -> str:
    """Give the URL of a new database: each test that asks for it runs on both kinds."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgresql_url")
        return url
    file = tmp_path / "database" / "test.db"
    made = sqlite_url(file)
    if sqlite_template:
        shutil.copyfile(sqlite_template, file)
    return made
