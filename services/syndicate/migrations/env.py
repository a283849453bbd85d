"""What Alembic runs."""

from services.common.migrating import run_steps
from services.syndicate import partner_tables  # noqa: F401 - so that they are among TABLES
from services.syndicate.tables import TABLES

run_steps(TABLES)
