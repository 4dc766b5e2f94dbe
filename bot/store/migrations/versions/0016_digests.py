"""What can wait is collected, and each slot of a digest is dealt with once."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("digest_due", sa.BigInteger(), nullable=True),
        sa.Column("digest_slot", sa.BigInteger(), nullable=True),
    ):
        op.add_column("escalation", column)
    for column in (
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("digest_slot", sa.BigInteger(), nullable=True),
    ):
        op.add_column("message", column)
    op.create_table(
        "digest_run",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("slot", sa.BigInteger(), primary_key=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=True),
        sa.Column("alone", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
    )
    waits = sa.text("digest IS NOT NULL AND digest_slot IS NULL AND status = 'open'")
    op.create_index(
        "escalation_waits",
        "escalation",
        ["digest", "digest_due"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
