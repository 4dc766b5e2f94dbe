"""Lists know what only a tier asks, what sleeps and which categories there are; people have working
hours, a filter of their Home tab, and the times that their answers took.

What was snoozed before is left out of lists once it is snoozed again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("escalation", sa.Column("snoozed_until", sa.BigInteger(), nullable=True))
    raised = sa.text("status = 'open' AND tier > 0")
    op.create_index(
        "escalation_raised",
        "escalation",
        ["urgency", "route", "expires_at", "id", "tier", "status"],
        sqlite_where=raised,
        postgresql_where=raised,
    )
    sleeps = sa.text("snoozed_until IS NOT NULL")
    op.create_index(
        "escalation_snoozed",
        "escalation",
        ["urgency", "route", "tier", "category", "status", "snoozed_until"],
        sqlite_where=sleeps,
        postgresql_where=sleeps,
    )
    still_open = sa.text("status = 'open'")
    op.create_index(
        "escalation_kinds",
        "escalation",
        ["urgency", "route", "category", "expires_at", "id", "status"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.add_column("person_setting", sa.Column("working_hours", sa.Text(), nullable=True))
    op.add_column("person_setting", sa.Column("home_filter", sa.Text(), nullable=True))
    op.create_table(
        "answer_time",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("escalation_id", sa.Text(), sa.ForeignKey("escalation.id"), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("waited_seconds", sa.Integer(), nullable=False),
    )
    op.create_index("answer_time_by_person", "answer_time", ["person_id", "at", "waited_seconds"])
    op.create_index("answer_time_by_escalation", "answer_time", ["escalation_id"])
