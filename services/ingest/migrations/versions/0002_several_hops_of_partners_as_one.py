"""Several hops of partners as one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go one step on."""
    with op.batch_alter_table("hops", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last", sa.BigInteger(), nullable=True))
