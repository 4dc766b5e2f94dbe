"""`python -m bot keys …`."""

from __future__ import annotations

import base64
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.running import beside_the_bot, fail
from bot.domain.durations import in_words, parse_duration
from bot.settings import read_settings
from bot.start import callback_secrets, key_peppers
from bot.usecases.keys import DEFAULT_SCOPES, create_key, list_keys, revoke_key, rotate_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.settings import Settings
    from bot.store.keys import StoredKey
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
    _show(settings, key, callback_secret=callback_secret)


@app.command("rotate")
def rotate(
    key_id: Annotated[str, typer.Argument(metavar="ID")],
    overlap: Annotated[
        str, typer.Option(help="How long the old key goes on working, such as 24h.")
    ] = "24h",
) -> None:
    """Make a successor to a key, which ends after the overlap. Shown once, as by `create`.

    Name, scopes, owners and callback hosts stay the same; a key that had an end gets one as far
    away. With a callback secret, both sign during the overlap.
    """
    try:
        lasts = parse_duration(overlap)
    except ValueError as error:
        fail(f"--overlap: {error}")
    settings = read_settings()
    pepper = key_peppers(settings)[0]

    async def work(ledger: Ledger) -> tuple[str, StoredKey]:
        return await rotate_key(ledger, pepper, key_id, overlap=lasts)

    key, new = beside_the_bot(settings, work)
    typer.echo(
        f"Key for {new.name} in the place of {key_id}, which ends in {in_words(lasts)} at the "
        "latest. Keep it safe: it cannot be shown again."
    )
    _show(settings, key, callback_secret=new.callback_secret)


def _show(settings: Settings, key: str, *, callback_secret: bool) -> None:
    if callback_secret:
        (secret, *_) = callback_secrets(settings.secrets(), key.split("_")[1])
        typer.echo("whsec_" + base64.b64encode(secret).decode())
    typer.echo(key)


@app.command("list")
def show_all() -> None:
    """All keys, without their secrets: how they stand, when they were used last (to the minute)."""
    found, now = beside_the_bot(read_settings(), list_keys)
    rows = [("ID", "NAME", "STATE", "CREATED", "LAST USED", "OWNERS", "SCOPES")]
    rows += [
        (
            key.id,
            key.name,
            _state(key, now),
            _moment(key.created_at),
            "never" if key.last_used_at is None else _moment(key.last_used_at),
            _several(key.owners),
            _several(key.scopes),
        )
        for key in found
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def _state(key: StoredKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return f"revoked {_moment(key.revoked_at)}"
    after = "" if key.successor is None else f", then {key.successor}"
    if key.expires_at is None:
        return "live"
    word = "live until" if key.live(now) else "expired"
    return f"{word} {_moment(key.expires_at)}{after}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%MZ}"


def _several(names: Iterable[str]) -> str:
    return ",".join(sorted(names)) or "–"


@app.command("revoke")
def revoke(key_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """End a key: every bot refuses it within a second."""
    beside_the_bot(read_settings(), partial(revoke_key, key_id=key_id))
    typer.echo(f"Revoked {key_id}.")
