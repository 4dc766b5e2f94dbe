"""Messages know how often they were claimed, since when they fail, and whose copies they are."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("claims", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("tried_since", sa.BigInteger(), nullable=True),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("fell_back_at", sa.BigInteger(), nullable=True),
        sa.Column("copy_of", sa.Text(), nullable=True),
        sa.Column("doubt_from", sa.BigInteger(), nullable=True),
        sa.Column("doubt_until", sa.BigInteger(), nullable=True),
    ):
        op.add_column("message", column)
    op.create_index("message_by_place", "message", ["ts"])
    doubtful = sa.text("doubt_until IS NOT NULL")
    op.create_index(
        "message_doubtful",
        "message",
        ["doubt_until"],
        sqlite_where=doubtful,
        postgresql_where=doubtful,
    )
