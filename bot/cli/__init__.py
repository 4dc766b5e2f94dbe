"""The commands: `python -m bot serve | migrate | doctor | keys … | policy …`."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer
import uvloop

from bot.cli import audit, keys, policy, relays, report
from bot.cli.running import fail
from bot.domain.errors import PullcordError
from bot.observe import start_logging
from bot.settings import SettingError, read_settings
from bot.start import DatabaseClock, StartError, TimeOrderedIds, upgrade_database
from bot.store import schema
from bot.store.open import open_ledger

if TYPE_CHECKING:
    from bot.settings import Settings

_SWITCH_SECONDS = 0.0005

app = typer.Typer(
    help="Pullcord: agents pull the cord, a person in Slack answers, the agent goes on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(keys.app, name="keys")
app.add_typer(policy.app, name="policy")
app.add_typer(audit.app, name="audit")
app.command("erase")(audit.erase_person)
app.command("export")(audit.export)
app.command("report")(report.report)
app.command("dead")(relays.dead)
app.command("replay")(relays.replay_one)


def main() -> None:
    """What goes wrong for a reason is one sentence on stderr and exit code 2."""
    try:
        app()
    except (SettingError, StartError, PullcordError) as error:
        fail(str(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        fail(f"{where}{error.strerror or error}")


@app.command("serve")
def serve_command() -> None:
    """Run the bot."""
    # Slack's library and a server take longer to import than most commands to run.
    from bot.main import serve

    settings = read_settings()
    start_logging(settings.log_form)
    # Python's own 5 ms are what a thread of the database may wait for its turn at each statement.
    sys.setswitchinterval(_SWITCH_SECONDS)
    with suppress(KeyboardInterrupt):
        uvloop.run(serve(settings))


@app.command()
def migrate() -> None:
    """Upgrade the database to this version's schema."""

    async def work(settings: Settings) -> str:
        ledger = open_ledger(settings.pullcord_database_url, DatabaseClock(), TimeOrderedIds())
        try:
            before = await ledger.on_connection(schema.standing)
            if before in {"ahead", "newer"}:
                raise StartError("The database belongs to a newer Pullcord; nothing was changed.")
            await upgrade_database(ledger)
        finally:
            await ledger.close()
        return "Nothing to do: the schema is current." if before == "current" else "Upgraded."

    typer.echo(asyncio.run(work(read_settings())))


@app.command()
def doctor() -> None:
    """Look whether all is well: tokens, scopes, channels, people, clocks, database, policy.

    Changes nothing, and may run beside the bot. One line a check; exit code 1 when one is WRONG.
    """
    from bot.doctor.examine import examine

    settings = read_settings()

    def machine_now() -> datetime:
        # It is this machine's own clock that is compared with the others.
        return datetime.now(UTC)  # noqa: TID251

    async def work() -> int:
        findings = 0
        async for line in examine(settings, DatabaseClock(), TimeOrderedIds(), machine_now):
            typer.echo(line)
            findings += line.verdict == "WRONG"
        return findings

    findings = asyncio.run(work())
    typer.echo("Nothing is wrong." if findings == 0 else f"WRONG: {findings} of the lines above.")
    if findings:
        raise SystemExit(1)
