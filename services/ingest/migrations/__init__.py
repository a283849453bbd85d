"""Ingest's tables over time: each change of `tables.py` is a step in `versions/`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def migrate(connection: Connection) -> None:
    """Bring the tables up to date, in the transaction of `connection`."""
    command.upgrade(configuration(connection), "head")


def configuration(connection: Connection) -> Config:
    """Tell Alembic where the steps are, and what to work on."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
