"""The steps lead to the tables that the code knows, on both databases."""

from functools import partial

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, insert, inspect, select

from services.common.database import Database
from services.common.ids import new_id
from services.syndicate.migrations import NoSteps, migrate
from services.syndicate.partner_tables import PARTNER, VERSION
from services.syndicate.tables import ARTICLE, HUB_HANDSHAKE, HUB_SUBSCRIPTION, IDENTITY, TABLES
from tests.factories import NOON


def difference(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), TABLES))


def before_steps(connection: Connection) -> None:
    """Make the tables as they were made before there were steps, and before partners."""
    old = MetaData()
    for table in (IDENTITY, ARTICLE, HUB_SUBSCRIPTION, HUB_HANDSHAKE):
        table.to_metadata(old)
    old.create_all(connection)
    connection.execute(insert(IDENTITY), {"id": "old"})
    connection.execute(insert(ARTICLE), {"id": new_id(), "version": 1})
    connection.execute(insert(HUB_SUBSCRIPTION), SUBSCRIPTION)


SUBSCRIPTION = {
    "topic": "/feeds/latest.rss",
    "callback": "https://reader.example/",
    "host": "reader.example",
    "expires": NOON,
    "pushed": "",
    "failures": 0,
}


async def test_the_steps_make_what_the_code_knows(database_url: str) -> None:
    database = Database(database_url, migrate, "syndicate")

    assert await database.read(difference) == []
    assert await database.read(lambda connection: inspect(connection).get_table_names())
    await database.close()


async def test_a_database_that_is_up_to_date_is_left_as_it_is(database_url: str) -> None:
    database = Database(database_url, migrate, "syndicate")
    await database.write(lambda connection: connection.execute(insert(IDENTITY), {"id": "here"}))
    await database.close()

    database = Database(database_url, migrate, "syndicate")

    assert await database.read(lambda c: c.scalars(select(IDENTITY.c.id)).all()) == ["here"]
    await database.close()


async def test_a_store_from_before_there_were_steps_is_made_anew_but_for_the_hub(
    database_url: str,
) -> None:
    await Database(database_url, before_steps, "syndicate").close()

    database = Database(database_url, migrate, "syndicate")

    assert await database.read(difference) == []
    for table in (IDENTITY, ARTICLE, VERSION):
        assert await database.read(partial(_count, table=table)) == 0
    assert await database.read(lambda c: c.scalars(select(HUB_SUBSCRIPTION.c.topic)).all()) == [
        SUBSCRIPTION["topic"]
    ]
    await database.close()


async def test_partners_are_never_thrown_away(database_url: str) -> None:
    await Database(database_url, PARTNER.metadata.create_all, "syndicate").close()

    with pytest.raises(NoSteps, match="has partners"):
        Database(database_url, migrate, "syndicate")


def _count(connection: Connection, table: object) -> int:
    return len(connection.execute(select(table)).all())  # type: ignore[call-overload]
