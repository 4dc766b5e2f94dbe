"""A pace that replicas share, and the two queues of messages."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "message",
        sa.Column("cosmetic", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.create_table(
        "pace",
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("lane"),
    )
    first: list[str | sa.TextClause] = ["channel", sa.text("priority DESC"), "created_at", "id"]
    _index("message_first", first, "ts IS NULL")
    _index("message_redraw", ["cosmetic", "due_at"], "ts IS NOT NULL")


def _index(name: str, columns: list[str | sa.TextClause], where: str) -> None:
    behind = sa.text(f"{where} AND posted_rev < wanted_rev")
    op.create_index(name, "message", columns, sqlite_where=behind, postgresql_where=behind)
