"""A service's tables over time: each change is a step in its folder `migrations/versions`."""

from pathlib import Path
from typing import Literal

from alembic import command, context
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine

from services.common.instants import Instant


def migrate(connection: Connection, migrations: Path) -> None:
    """Bring the tables up to date, in the transaction of `connection`."""
    command.upgrade(_configuration(connection, migrations), "head")


def write_step(migrations: Path, message: str) -> None:
    """Write the step from the newest there is to what the tables are: compared on an empty
    database, and numbered after the newest."""
    number = len(list((migrations / "versions").glob("[0-9]*.py"))) + 1
    with create_engine("sqlite://").begin() as connection:
        migrate(connection, migrations)
        command.revision(
            _configuration(connection, migrations),
            message,
            autogenerate=True,
            rev_id=f"{number:04}",
        )


def run_steps(tables: MetaData) -> None:
    """Do what Alembic's `env.py` is for: in the transaction that is open already."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=tables,
        render_as_batch=True,  # SQLite alters a table by copying it
        render_item=_as_the_database_has_it,
    )
    with context.begin_transaction():
        context.run_migrations()


def _as_the_database_has_it(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Name a column's type in a step without our code, which changes while the step stays."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Instant) else False


def _configuration(connection: Connection, migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["connection"] = connection
    return config
