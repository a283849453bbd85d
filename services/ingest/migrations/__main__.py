"""Write the step from the newest there is to what `tables.py` says: `make migration NAME="…"`."""

import sys
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from services.ingest.migrations import configuration, migrate


def main(message: str) -> None:
    """Compare on an empty database, and number the step after the newest."""
    versions = Path(__file__).parent / "versions"
    number = len(list(versions.glob("[0-9]*.py"))) + 1
    with create_engine("sqlite://").begin() as connection:
        migrate(connection)
        command.revision(
            configuration(connection), message, autogenerate=True, rev_id=f"{number:04}"
        )


if __name__ == "__main__":
    main(sys.argv[1])
