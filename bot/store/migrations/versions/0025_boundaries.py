"""Learned boundaries: what they thought of a case, and what people said of it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("features", "p_override", "p_by_score", "boundary"):
        op.add_column("scored_case", sa.Column(name, sa.Text(), nullable=True))
    op.create_table(
        "boundary_label",
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("escalation_id", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("category", "seq"),
    )
