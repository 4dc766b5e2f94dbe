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

Standing = Literal["empty", "older", "current", "newer"]


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
    return "older" if found in _revisions() else "newer"


def standing_now(tx: Tx) -> Standing:
    """The same inside a reading, without a lock."""
    return tx.ask_schema(standing)


@cache
def _revisions() -> list[str]:
    """Oldest first: each migration's file begins with its number."""
    # Read once, at the start: later nobody may wait for the disk.
    return sorted(file.name.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("0*.py"))


def upgrade(connection: Connection) -> None:
    """Bring the schema to the code's; two replicas that try at once take turns."""
    # Only an upgrade needs it, and it takes a tenth of the start.
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})"))
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
