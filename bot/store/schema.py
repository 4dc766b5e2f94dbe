"""Which schema the database has, which one the code needs, and the way from one to the other."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.store.tx import Tx

_MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as every replica takes the same one.
_UPGRADE_LOCK = 7_855_267

Standing = Literal["empty", "older", "current", "newer"]


def standing(connection: Connection) -> Standing:
    """How the database's schema stands to the code's."""
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        return "empty" if not inspect(connection).has_table("escalation") else "older"
    head, known = _revisions()
    if found == head:
        return "current"
    return "older" if found in known else "newer"


def standing_now(tx: Tx) -> Standing:
    """The same inside a reading, without a lock."""
    return tx.ask_schema(standing)


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    # Read from the files once, at the start: later nobody may wait for the disk.
    scripts = ScriptDirectory(str(_MIGRATIONS))
    return scripts.get_current_head(), frozenset(s.revision for s in scripts.walk_revisions())


def upgrade(connection: Connection) -> None:
    """Bring the schema to the code's; two replicas that try at once take turns."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})"))
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
