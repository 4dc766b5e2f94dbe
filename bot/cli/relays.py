"""`python -m bot dead` and `python -m bot replay ID`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from bot.cli.running import beside_the_bot
from bot.settings import read_settings
from bot.usecases.relay import dead_letters, replay


def dead() -> None:
    """List callbacks that were given up, the newest first."""
    letters = beside_the_bot(read_settings(), dead_letters)
    for one in letters:
        typer.echo(
            f"{one.id}  {one.escalation_id}  {one.event}  {one.agent}  {one.host}  "
            f"{one.created_at:%Y-%m-%d %H:%M}Z  {one.attempts} tries  {one.problem}"
        )
    if not letters:
        typer.echo("Nothing was given up.", err=True)


def replay_one(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="Of a callback or an escalation.")],
) -> None:
    """Try a callback again that was given up; its address is switched on again."""
    for relay_id in beside_the_bot(read_settings(), partial(replay, wanted=wanted)):
        typer.echo(f"{relay_id} is sent again.")
