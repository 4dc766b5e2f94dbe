"""Keys have successors and a last use; escalations a trace; what is found wrong is remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key", sa.Column("last_used_at", sa.BigInteger(), nullable=True))
    op.add_column("api_key", sa.Column("successor", sa.Text(), nullable=True))
