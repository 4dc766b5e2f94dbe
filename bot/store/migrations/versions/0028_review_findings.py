"""What reviews found wrong, kind by kind."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_finding",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("error_type", sa.Text(), nullable=False),
        sa.Column("root_cause", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("due", sa.Text(), nullable=True),
        sa.Column("fixed", sa.Text(), nullable=True),
        sa.Column("verified", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("category", "error_type", "root_cause", name="one_finding_a_kind"),
    )
    op.create_table(
        "review_finding_case",
        sa.Column("review_id", sa.Text(), sa.ForeignKey("review.id"), nullable=False),
        sa.Column("finding_id", sa.Text(), sa.ForeignKey("review_finding.id"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("second", sa.Text(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("review_id"),
    )
    op.create_index("review_finding_cases", "review_finding_case", ["finding_id", "at"])
    op.create_index("review_by_end", "review", ["ended_at", "id"])
    again = sa.text("second_of IS NOT NULL")
    op.create_index(
        "review_again", "review", ["second_of"], sqlite_where=again, postgresql_where=again
    )
    tries = sa.text("re_evaluates IS NOT NULL")
    op.create_index(
        "output_again", "output", ["re_evaluates"], sqlite_where=tries, postgresql_where=tries
    )
