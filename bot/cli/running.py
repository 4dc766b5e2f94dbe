"""How a command runs: beside the bot, and with one sentence for what goes wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

from bot.start import DatabaseClock, TimeOrderedIds, prepare_database
from bot.store.open import open_ledger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.settings import Settings
    from bot.store.ledger import Ledger

T = TypeVar("T")


def beside_the_bot(settings: Settings, work: Callable[[Ledger], Awaitable[T]]) -> T:
    """Run a verb while a bot may be running: the database keeps them apart."""

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
