"""A decision stays as long as its entries in the journal do, by the database too."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


# Changing one is refused since 0006. Retention takes the journal's entries first, and those go
# only when their seals say that their time was over.
_SQLITE = (
    """
    CREATE TRIGGER decision_kept BEFORE DELETE ON decision
    WHEN EXISTS (SELECT 1 FROM journal WHERE escalation_id = OLD.escalation_id)
    BEGIN SELECT RAISE(ABORT, 'a decision does not change'); END
    """,
)
_POSTGRESQL = (
    """
    CREATE FUNCTION pullcord_decision_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM journal WHERE escalation_id = OLD.escalation_id) THEN
            RAISE EXCEPTION 'a decision does not change';
        END IF;
        RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER decision_kept BEFORE DELETE ON decision
    FOR EACH ROW EXECUTE FUNCTION pullcord_decision_kept()
    """,
)
