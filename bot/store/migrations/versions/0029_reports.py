"""A report of each week, once, with what it said and where its pictures stand."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_run",
        sa.Column("slot", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=True),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("pictures", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=True),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
    )
    owed = sa.text("pictures = 'owed'")
    op.create_index("report_owed", "report", ["due_at"], sqlite_where=owed, postgresql_where=owed)
    op.add_column("message", sa.Column("report_id", sa.Text(), nullable=True))
    of_report = sa.text("report_id IS NOT NULL")
    op.create_index(
        "message_by_report",
        "message",
        ["report_id"],
        sqlite_where=of_report,
        postgresql_where=of_report,
    )
    op.create_index("answer_time_by_time", "answer_time", ["at", "waited_seconds"])
