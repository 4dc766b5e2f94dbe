"""Paused agents, people who are away, and what is open in the order in which people see it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paused_agent",
        sa.Column("agent", sa.Text(), primary_key=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("told_up_to", sa.Text(), nullable=True),
    )
    op.create_table(
        "person_setting",
        sa.Column("person_id", sa.Text(), primary_key=True),
        sa.Column("away_until", sa.BigInteger(), nullable=True),
    )
    still_open = sa.text("status = 'open'")
    op.create_index(
        "escalation_queue",
        "escalation",
        ["urgency", "route", "expires_at", "id", "agent", "status"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
