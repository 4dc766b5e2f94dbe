"""Usergroups and e-mail addresses have rolls, and what may have changed is asked for again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("wanted_rev", "known_rev"):
        op.add_column("person", sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "roll",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("fetched_at", sa.BigInteger(), nullable=True),
        sa.Column("wanted_rev", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("known_rev", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("key"),
    )
