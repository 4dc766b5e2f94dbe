"""Escalations have a trace, cards a time since when they are behind, and findings are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("escalation", sa.Column("trace", sa.Text(), nullable=True))
    op.add_column("escalation", sa.Column("calls_back", sa.Boolean(), nullable=True))
    op.create_index(
        "escalation_calls_back",
        "escalation",
        ["settled_at"],
        sqlite_where=sa.text("calls_back"),
        postgresql_where=sa.text("calls_back"),
    )
    op.add_column("message", sa.Column("behind_since", sa.BigInteger(), nullable=True))
    op.create_table(
        "finding",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "instance"),
    )
