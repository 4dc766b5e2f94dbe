"""How a command runs: beside the bot, and with one sentence for what goes wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

from bot.start import DatabaseClock, StartError, TimeOrderedIds, prepare_database
from bot.store.open import open_ledger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.settings import Settings
    from bot.store.ledger import Ledger

T = TypeVar("T")


def beside_the_bot(
    settings: Settings, work: Callable[[Ledger], Awaitable[T]], *, begins: bool = True
) -> T:
    """Run a verb while a bot may be running: the database keeps them apart.

    `begins`: where there is no database yet, this may be its beginning. Raises StartError.
    """
    file = settings.sqlite_file
    if file is not None and not begins and not file.exists():
        raise StartError(
            f"There is no database {file}. Set PULLCORD_DATABASE_URL to the one that the bot uses, "
            "or run this in the folder where it runs."
        )

    async def run() -> T:
        ledger = open_ledger(settings.pullcord_database_url, DatabaseClock(), TimeOrderedIds())
        try:
            await prepare_database(ledger)
            return await work(ledger)
        finally:
            await ledger.close()

    return asyncio.run(run())


def fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise SystemExit(2)
