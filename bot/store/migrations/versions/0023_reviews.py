"""What went out without a person can be looked at afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("review_id", sa.Text(), nullable=True))
    of_review = sa.text("review_id IS NOT NULL")
    op.create_index(
        "message_by_review",
        "message",
        ["review_id"],
        sqlite_where=of_review,
        postgresql_where=of_review,
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("escalation_id", sa.Text(), sa.ForeignKey("escalation.id"), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("skipped", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("escalation_id", name="one_review_a_case"),
    )
    open_ones = sa.text("ended_at IS NULL")
    op.create_index(
        "review_open",
        "review",
        ["expires_at"],
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )
