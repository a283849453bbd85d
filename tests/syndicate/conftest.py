from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from schemas.article import Article
from services.common.database import Database, sqlite_url
from services.syndicate import store
from services.syndicate.change import Change
from services.syndicate.feeds.site import Site
from services.syndicate.rendering import press
from services.syndicate.tables import TABLES
from tests.factories import event
from tests.syndicate.service import Service, syndicate


@pytest.fixture(autouse=True)
def patient_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a start render everything, however slow the machine is."""
    monkeypatch.setattr(press, "_OPENING", 60.0)


@pytest.fixture
def site() -> Site:
    return Site("https://feeds.example", "https://paper.example")


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of `service`."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def service(data: Path) -> Iterator[Service]:
    """Run syndicate, for modules of the group `syndicate`, which only read."""
    with syndicate(data) as service:
        yield service


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    TABLES.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(sqlite_url(tmp_path / "syndicate.db"), TABLES.create_all)
    yield database
    await database.close()


@pytest.fixture
def publish(connection: Connection) -> Callable[..., Sequence[bool]]:
    """Apply versions to the store, as if they had come from Kafka."""

    def apply(*versions: Article) -> Sequence[bool]:
        changes: list[Change] = [event(version) for version in versions]
        return store.apply_changes(connection, changes)

    return apply


async def take(database: Database, *versions: Article) -> None:
    """Write versions into the store."""
    changes: list[Change] = [event(version) for version in versions]
    await database.write(partial(store.apply_changes, changes=changes))
