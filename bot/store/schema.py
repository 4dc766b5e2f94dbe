"""Which schema the database has, which one the code needs, and the way from one to the other."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import inspect, text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.store.tx import Tx

_MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as every replica takes the same one.
_UPGRADE_LOCK = 7_855_267
_LOCK_MILLISECONDS = 1000

#: "ahead": upgraded by a newer version that says this one may go on; "newer": it may not.
Standing = Literal["empty", "older", "current", "ahead", "newer"]

#: The oldest version of the schema whose code works with the one that is made here. A migration
#: that takes something away (contracts) puts its own number here; see CONTRIBUTING.md.
WORKS_SINCE = "0001"


def standing(connection: Connection) -> Standing:
    """How the database's schema stands to the code's."""
    tables = inspect(connection)
    if not tables.has_table("alembic_version"):
        return "older" if tables.has_table("escalation") else "empty"
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None:
        return "empty"
    if found == _revisions()[-1]:
        return "current"
    if found in _revisions():
        return "older"
    return "ahead" if _may_go_on(connection) else "newer"


def usable(standing: Standing) -> bool:
    """Whether this code may work with it."""
    return standing in {"current", "ahead"}


def _may_go_on(connection: Connection) -> bool:
    """Whether whoever upgraded it says that code of our age still works."""
    if not inspect(connection).has_table("schema_compat"):
        return False
    since = connection.execute(text("SELECT works_since FROM schema_compat")).scalar()
    return since is not None and str(since) <= _revisions()[-1]


def standing_now(tx: Tx) -> Standing:
    """The same inside a reading, without a lock."""
    return tx.ask_schema(standing)


@cache
def _revisions() -> list[str]:
    """Oldest first: each migration's file begins with its number."""
    # Read once, at the start: later nobody may wait for the disk.
    return sorted(file.name.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("0*.py"))


def upgrade(connection: Connection) -> None:
    """Bring the schema to the code's; two replicas that try at once take turns.

    Raises DBAPIError, with nothing changed, when others would have to wait for it too long.
    """
    # Only an upgrade needs it, and it takes a tenth of the start.
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})"))
        # A table's lock queues everybody up behind it: better give up and try again.
        connection.execute(text(f"SET LOCAL lock_timeout = {_LOCK_MILLISECONDS}"))
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.execute(text("DELETE FROM schema_compat"))
    connection.execute(
        text("INSERT INTO schema_compat (works_since) VALUES (:since)"), {"since": WORKS_SINCE}
    )
