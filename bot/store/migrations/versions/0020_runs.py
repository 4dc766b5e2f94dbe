"""What people say for the rest of a run is found by the run's later questions."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("escalation", sa.Column("run_guidance", sa.Text(), nullable=True))
    op.create_table(
        "run_guidance",
        sa.Column("escalation_id", sa.Text(), sa.ForeignKey("escalation.id"), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("escalation_id"),
    )
    op.create_index("run_guidance_by_run", "run_guidance", ["agent", "group_key", "at"])
    in_a_run = sa.text("group_key IS NOT NULL")
    op.create_index(
        "escalation_by_run",
        "escalation",
        ["agent", "group_key", "id"],
        sqlite_where=in_a_run,
        postgresql_where=in_a_run,
    )
