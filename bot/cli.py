"""The commands: `python -m bot serve | migrate | doctor | keys … | policy …`."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer
import uvloop

from bot.doctor.examine import examine
from bot.domain.durations import parse_duration
from bot.domain.errors import InvalidError, PullcordError
from bot.domain.intake import parse, request_from
from bot.main import (
    DatabaseClock,
    StartError,
    TimeOrderedIds,
    key_peppers,
    prepare_database,
    serve,
)
from bot.observe import start_logging
from bot.policy.load import PolicyError, load
from bot.policy.plan import plan
from bot.settings import SettingError, Settings, read_settings
from bot.store import schema
from bot.store.open import open_ledger
from bot.usecases.keys import DEFAULT_SCOPES, create_key, list_keys, revoke_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.policy.book import Book
    from bot.store.ledger import Ledger

T = TypeVar("T")

app = typer.Typer(
    help="Pullcord: agents pull the cord, a person in Slack answers, the agent goes on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
keys_app = typer.Typer(help="Keys for agents.", no_args_is_help=True, rich_markup_mode=None)
policy_app = typer.Typer(help="The policy file.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(keys_app, name="keys")
app.add_typer(policy_app, name="policy")


def main() -> None:
    """What goes wrong for a reason is one sentence on stderr and exit code 2."""
    try:
        app()
    except (SettingError, StartError, PullcordError) as error:
        _fail(str(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _fail(f"{where}{error.strerror or error}")


@app.command("serve")
def serve_command() -> None:
    """Run the bot."""
    settings = read_settings()
    start_logging(settings.log_form)
    with suppress(KeyboardInterrupt):
        uvloop.run(serve(settings))


@app.command()
def migrate() -> None:
    """Upgrade the database to this version's schema."""

    async def work(settings: Settings) -> str:
        ledger = open_ledger(settings.pullcord_database_url, DatabaseClock(), TimeOrderedIds())
        try:
            before = await ledger.on_connection(schema.standing)
            if before == "newer":
                raise StartError("The database belongs to a newer Pullcord; nothing was changed.")
            await ledger.on_connection(schema.upgrade)
        finally:
            await ledger.close()
        return "Nothing to do: the schema is current." if before == "current" else "Upgraded."

    typer.echo(asyncio.run(work(read_settings())))


@app.command()
def doctor() -> None:
    """Look whether all is well: tokens, scopes, channels, people, clocks, database, policy.

    Changes nothing, and may run beside the bot. One line a check; exit code 1 when one is WRONG.
    """
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


@keys_app.command("create")
def keys_create(
    name: Annotated[str, typer.Argument(help="The agent's name; keys of one name share all.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="Repeatable; default: an agent's.")
    ] = None,
    owner: Annotated[list[str] | None, typer.Option(help="Slack id of who answers for it.")] = None,
    expires: Annotated[str | None, typer.Option(help="Such as 90d; default: never.")] = None,
) -> None:
    """Make a key. It stands alone on the last line of stdout, and is shown only once."""
    try:
        lasts = None if expires is None else parse_duration(expires)
    except ValueError as error:
        _fail(f"--expires: {error}")
    scopes = tuple(scope or DEFAULT_SCOPES)

    settings = read_settings()
    pepper = key_peppers(settings)[0]

    async def work(ledger: Ledger) -> str:
        return await create_key(
            ledger, pepper, name, scopes=scopes, owners=tuple(owner or ()), expires_in=lasts
        )

    key = _beside_the_bot(settings, work)
    typer.echo(f"Key for {name} ({', '.join(scopes)}). Keep it safe: it cannot be shown again.")
    typer.echo(key)


@keys_app.command("list")
def keys_list() -> None:
    """All keys, without their secrets."""
    for key in _beside_the_bot(read_settings(), list_keys):
        state = (
            "revoked" if key.revoked_at else f"expires {key.expires_at}" if key.expires_at else ""
        )
        typer.echo(f"{key.id}  {key.name}  {','.join(sorted(key.scopes))}  {state}".rstrip())


@keys_app.command("revoke")
def keys_revoke(key_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """End a key at once."""
    _beside_the_bot(read_settings(), partial(revoke_key, key_id=key_id))
    typer.echo(f"Revoked {key_id}.")


@policy_app.command("check")
def policy_check(file: Path) -> None:
    """Read a policy file and say what is wrong with it."""
    book = _book(file)
    typer.echo(f"{file}: {len(book.routes)} routes, {len(book.rules)} rules, nothing wrong.")
    for idle in book.idle:
        typer.echo(idle.within(str(file)))


@policy_app.command("try")
def policy_try(
    file: Path,
    escalation: Path,
    agent: Annotated[str, typer.Option(help="The agent that would ask.")] = "agent",
) -> None:
    """What the policy would do with an escalation, and why."""
    book = _book(file)
    try:
        request = request_from(parse(escalation.read_bytes()))
    except InvalidError as error:
        faults = "\n".join(f"{escalation}: {f.pointer}: {f.message}" for f in error.faults)
        _fail(faults or f"{escalation}: {error}")
    except PullcordError as error:
        _fail(f"{escalation}: {error}")
    planned = plan(book, request, agent)
    typer.echo(
        f'{planned.then} rule="{planned.rule or ""}" route={planned.need.route} '
        f"approvals={planned.need.approvals} urgency={planned.urgency} "
        f"digest={planned.digest or ''}"
    )
    for reason in planned.reasons:
        typer.echo(reason)


def _book(file: Path) -> Book:
    try:
        return load(file.read_bytes(), str(file))
    except PolicyError as error:
        _fail(str(error))


def _beside_the_bot(settings: Settings, work: Callable[[Ledger], Awaitable[T]]) -> T:
    """Run a verb while a bot may be running: the database keeps them apart."""

    async def run() -> T:
        ledger = open_ledger(settings.pullcord_database_url, DatabaseClock(), TimeOrderedIds())
        try:
            await prepare_database(ledger)
            return await work(ledger)
        finally:
            await ledger.close()

    return asyncio.run(run())


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise SystemExit(2)
