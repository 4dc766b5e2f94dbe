"""`python -m bot report`."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cards.report_card import report_in_text
from bot.cards.times import date_of
from bot.cli.running import beside_the_bot, fail
from bot.domain.drawn import DrawingFailedError
from bot.settings import read_settings
from bot.usecases.make_report import report_of
from bot.workers.drawing import Drawing
from bot.workers.policy_file import read_book

if TYPE_CHECKING:
    from datetime import date


def report(
    since: Annotated[
        str | None,
        typer.Option(
            help="The day on which its seven days begin; else they end now.", metavar="DATE"
        ),
    ] = None,
    category: Annotated[str | None, typer.Option(help="Only of this category.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder for its charts, as PNG files.", metavar="DIR")
    ] = None,
) -> None:
    """Write the report of a week on stdout, as the weekly one has it."""
    settings = read_settings()
    book = read_book(settings.pullcord_policy_file)
    first = None if since is None else _day(since)
    if out is not None:
        # What is wrong with it is said before the work is done.
        out.mkdir(parents=True, exist_ok=True)
    work = partial(report_of, book=book, first=first, category=category)
    found, names = beside_the_bot(settings, work, begins=False)
    typer.echo(report_in_text(found, names))
    if out is None:
        return
    try:
        pictures = asyncio.run(Drawing()(found))
    except DrawingFailedError as error:
        fail(f"There are no charts: {error}.")
    for one in pictures:
        (out / one.name).write_bytes(one.content)
        typer.echo(f"{out / one.name}: {one.alt}", err=True)


def _day(written: str) -> date:
    day = date_of(written)
    if day is None:
        fail(f"--since {written[:40]!r} is no date: expected one such as 2026-01-31.")
    return day
