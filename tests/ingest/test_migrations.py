"""The steps lead to the tables that the code knows, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from services.common.database import Database
from services.ingest.migrations import migrate
from services.ingest.tables import tables


@pytest.fixture(scope="session")
def postgresql_template() -> None:
    """The database must be empty."""


@pytest.fixture(scope="session")
def sqlite_template() -> None:
    """The file must be empty."""


async def test_the_steps_make_what_the_code_knows(database_url):
    database = Database(database_url, migrate, "ingest")

    assert await database.read(difference) == []
    assert await database.read(lambda conn: inspect(conn).get_table_names())
    await database.close()


async def test_a_database_that_is_up_to_date_is_left_as_it_is(database_url):
    for _ in range(2):
        database = Database(database_url, migrate, "ingest")
        await database.close()


def difference(conn: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(conn), tables))
