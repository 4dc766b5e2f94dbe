"""`python -m bot keys …`."""

from __future__ import annotations

import base64
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.running import beside_the_bot, fail
from bot.domain.durations import parse_duration
from bot.settings import read_settings
from bot.start import callback_secrets, key_peppers
from bot.usecases.keys import DEFAULT_SCOPES, create_key, list_keys, revoke_key

if TYPE_CHECKING:
    from bot.store.ledger import Ledger

app = typer.Typer(help="Keys for agents.", no_args_is_help=True, rich_markup_mode=None)


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="The agent's name; keys of one name share all.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="Repeatable; default: an agent's.")
    ] = None,
    owner: Annotated[list[str] | None, typer.Option(help="Slack id of who answers for it.")] = None,
    expires: Annotated[str | None, typer.Option(help="Such as 90d; default: never.")] = None,
    callback_secret: Annotated[
        bool, typer.Option("--callback-secret", help="Callbacks of this key can be signed.")
    ] = False,
    callback_host: Annotated[
        list[str] | None, typer.Option(help="Repeatable; callbacks go to these hosts only.")
    ] = None,
) -> None:
    """Make a key. It stands alone on the last line of stdout, and is shown only once."""
    try:
        lasts = None if expires is None else parse_duration(expires)
    except ValueError as error:
        fail(f"--expires: {error}")
    scopes = tuple(scope or DEFAULT_SCOPES)

    settings = read_settings()
    pepper = key_peppers(settings)[0]
    if callback_host and not callback_secret:
        fail("--callback-host needs --callback-secret: without one nothing is sent.")

    async def work(ledger: Ledger) -> str:
        return await create_key(
            ledger, pepper, name, scopes=scopes, owners=tuple(owner or ()), expires_in=lasts,
            callback_secret=callback_secret, callback_hosts=tuple(callback_host or ()),
        )  # fmt: skip

    key = beside_the_bot(settings, work)
    typer.echo(f"Key for {name} ({', '.join(scopes)}). Keep it safe: it cannot be shown again.")
    if callback_secret:
        (secret, *_) = callback_secrets(settings.secrets(), key.split("_")[1])
        typer.echo("whsec_" + base64.b64encode(secret).decode())
    typer.echo(key)


@app.command("list")
def show_all() -> None:
    """All keys, without their secrets."""
    for key in beside_the_bot(read_settings(), list_keys):
        state = (
            "revoked" if key.revoked_at else f"expires {key.expires_at}" if key.expires_at else ""
        )
        typer.echo(f"{key.id}  {key.name}  {','.join(sorted(key.scopes))}  {state}".rstrip())


@app.command("revoke")
def revoke(key_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """End a key at once."""
    beside_the_bot(read_settings(), partial(revoke_key, key_id=key_id))
    typer.echo(f"Revoked {key_id}.")
