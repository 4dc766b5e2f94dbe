"""The journal is append-only and sealed; what is settled stays settled, by the database too."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("entry_at", sa.BigInteger(), nullable=False),
        sa.Column("personal", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=True),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("entry_id"),
    )
    op.create_index("seal_by_time", "seal", ["entry_at"])
    op.create_table(
        "checkpoint",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    with op.batch_alter_table("journal") as batch:
        batch.alter_column("escalation_id", existing_type=sa.Text(), nullable=True)
    op.create_index("journal_by_time", "journal", ["at"])
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


# Who did it may become an erased person, and an entry may go when its seal says that its time was
# over; nothing else ever changes.
_SQLITE = (
    """
    CREATE TRIGGER journal_append_only BEFORE UPDATE ON journal
    WHEN NOT (NEW.id IS OLD.id AND NEW.at IS OLD.at AND NEW.escalation_id IS OLD.escalation_id
        AND NEW.event IS OLD.event AND NEW.data IS OLD.data
        AND NEW.actor LIKE '%"id":"erased-%')
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER journal_kept BEFORE DELETE ON journal
    WHEN NOT EXISTS (SELECT 1 FROM seal WHERE entry_id = OLD.id AND removed)
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER settled_stays_settled BEFORE UPDATE OF status ON escalation
    WHEN OLD.status <> 'open' AND NEW.status <> OLD.status
    BEGIN SELECT RAISE(ABORT, 'what is settled stays settled'); END
    """,
    """
    CREATE TRIGGER decided_once BEFORE UPDATE ON decision
    WHEN NOT (NEW.id IS OLD.id AND NEW.escalation_id IS OLD.escalation_id
        AND NEW.type IS OLD.type AND NEW.decided_at IS OLD.decided_at
        AND NEW.body LIKE '%"id":"erased-%')
    BEGIN SELECT RAISE(ABORT, 'a decision does not change'); END
    """,
)
_POSTGRESQL = (
    """
    CREATE FUNCTION pullcord_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF EXISTS (SELECT 1 FROM seal WHERE entry_id = OLD.id AND removed) THEN
                RETURN OLD;
            END IF;
        ELSIF NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.event = OLD.event
            AND NEW.escalation_id IS NOT DISTINCT FROM OLD.escalation_id
            AND NEW.data = OLD.data AND NEW.actor LIKE '%"id":"erased-%' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'the journal is append-only';
    END $$
    """,
    """
    CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION pullcord_append_only()
    """,
    """
    CREATE FUNCTION pullcord_settled() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'what is settled stays settled'; END $$
    """,
    """
    CREATE TRIGGER settled_stays_settled BEFORE UPDATE OF status ON escalation
    FOR EACH ROW WHEN (OLD.status <> 'open' AND NEW.status <> OLD.status)
    EXECUTE FUNCTION pullcord_settled()
    """,
    """
    CREATE TRIGGER decided_once BEFORE UPDATE ON decision
    FOR EACH ROW WHEN (NOT (NEW.id = OLD.id AND NEW.escalation_id = OLD.escalation_id
        AND NEW.type = OLD.type AND NEW.decided_at = OLD.decided_at
        AND NEW.body LIKE '%"id":"erased-%'))
    EXECUTE FUNCTION pullcord_settled()
    """,
)
