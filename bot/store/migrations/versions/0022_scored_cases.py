"""Cases that a score might have decided are kept, and categories are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scored_case",
        sa.Column("escalation_id", sa.Text(), sa.ForeignKey("escalation.id"), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("score", sa.Text(), nullable=True),
        sa.Column("scorer", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Text(), nullable=True),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("coin", sa.Text(), nullable=True),
        sa.Column("pi", sa.Text(), nullable=True),
        sa.Column("pi_min", sa.Text(), nullable=True),
        sa.Column("epoch", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("escalation_id"),
    )
    op.create_index("scored_case_by_category", "scored_case", ["category", "at"])
    op.add_column("escalation", sa.Column("ruled", sa.Boolean(), nullable=True))
    op.add_column("decision", sa.Column("category", sa.Text(), nullable=True))
    op.add_column("decision", sa.Column("agent", sa.Text(), nullable=True))
    # Both begin empty: no row has anything there yet.
    ruled = sa.text("ruled IS NOT NULL")
    op.create_index(
        "escalation_by_category",
        "escalation",
        ["created_at", "category", "agent", "ruled"],
        sqlite_where=ruled,
        postgresql_where=ruled,
    )
    with_category = sa.text("category IS NOT NULL")
    op.create_index(
        "decision_by_category",
        "decision",
        ["decided_at", "category", "agent", "type"],
        sqlite_where=with_category,
        postgresql_where=with_category,
    )
