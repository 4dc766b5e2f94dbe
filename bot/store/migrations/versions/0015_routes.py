"""Escalations know what their deadline does, who was reminded and asked besides, and what waits."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("on_timeout", sa.Text(), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("tier", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("intent", sa.Text(), nullable=True),
    ):
        op.add_column("escalation", column)
