"""What Alembic runs."""

from services.common.migrating import run_steps
from services.ingest.tables import tables

run_steps(tables)
