"""Ingest's tables over time: each change of `tables.py` is a step in `versions/`."""

from pathlib import Path

from sqlalchemy import Connection

from services.common import migrating

FOLDER = Path(__file__).parent


def migrate(connection: Connection) -> None:
    """Bring the tables up to date, in the transaction of `connection`."""
    migrating.migrate(connection, FOLDER)
