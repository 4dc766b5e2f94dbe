"""Escalations know who has them in hand, and what people and agents say to each other."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("hands", sa.Text(), nullable=True),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("messages", sa.Text(), nullable=True),
    ):
        op.add_column("escalation", column)
    taken = sa.text("taken_by IS NOT NULL")
    op.create_index(
        "escalation_taken",
        "escalation",
        ["taken_by"],
        sqlite_where=taken,
        postgresql_where=taken,
    )
