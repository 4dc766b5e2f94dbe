"""What agents did without asking, and looks at any of it."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _outputs()
    _sampling()
    _reviews()
    op.add_column("message", sa.Column("session_id", sa.Text(), nullable=True))
    _partial("message_by_session", "message", ["session_id"], "session_id IS NOT NULL")


def _outputs() -> None:
    op.create_table(
        "output",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("agent_version", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Text(), nullable=True),
        sa.Column("third", sa.Integer(), nullable=False),
        sa.Column("pi", sa.Text(), nullable=True),
        sa.Column("coin", sa.Boolean(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.Text(), nullable=False),
        sa.Column("anomaly", sa.Text(), nullable=True),
        sa.Column("anomaly_reason", sa.Text(), nullable=True),
        sa.Column("re_evaluates", sa.Text(), nullable=True),
        sa.Column("escalation_id", sa.Text(), sa.ForeignKey("escalation.id"), nullable=True),
        sa.Column("chosen", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agent", "item_id", name="one_output_an_item"),
    )
    op.create_index("output_by_kind", "output", ["category", "agent", "agent_version", "id"])
    _partial("output_by_escalation", "output", ["escalation_id"], "escalation_id IS NOT NULL")
    op.create_index("output_by_category", "output", ["category", "id"])
    op.create_index("output_by_time", "output", ["at"])
    op.create_table(
        "output_content",
        sa.Column("output_id", sa.Text(), sa.ForeignKey("output.id"), nullable=False),
        sa.Column("owners", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("output_id"),
    )


def _sampling() -> None:
    op.create_table(
        "output_volume",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("third", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outputs", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "category", "third", "part"),
    )
    op.create_table(
        "sampling_plan",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("cuts", sa.Text(), nullable=False),
        sa.Column("chances", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "category"),
    )


def _reviews() -> None:
    op.create_table(
        "review_session",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("review") as batch:
        batch.alter_column("escalation_id", existing_type=sa.Text(), nullable=True)
        # Of one case there may be several reviews, and still only one audit.
        batch.drop_constraint("one_review_a_case", type_="unique")
        batch.add_column(sa.Column("output_id", sa.Text(), nullable=True))
        batch.add_column(sa.Column("purpose", sa.Text(), nullable=False, server_default="audit"))
        batch.add_column(sa.Column("second_of", sa.Text(), nullable=True))
        batch.add_column(sa.Column("digest", sa.Text(), nullable=True))
        batch.add_column(sa.Column("due_at", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("session_id", sa.Text(), nullable=True))
        batch.create_foreign_key("review_output_id_fkey", "output", ["output_id"], ["id"])
        batch.create_foreign_key("review_session_id_fkey", "review_session", ["session_id"], ["id"])
    _partial("one_audit_a_case", "review", ["escalation_id"], "purpose = 'audit'", unique=True)
    op.create_index("review_by_escalation", "review", ["escalation_id"])
    op.create_index("review_by_output", "review", ["output_id"])
    op.create_index("review_by_session", "review", ["session_id"])
    op.create_index("review_by_purpose", "review", ["purpose", "created_at"])
    waits = "digest IS NOT NULL AND session_id IS NULL AND ended_at IS NULL"
    _partial("review_waits", "review", ["due_at"], waits)


def _partial(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)
