"""What a person says of themselves on their Home tab: away, working hours, and their filter."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cards import wording_settings
from bot.domain.errors import Fault, InvalidError
from bot.domain.person_settings import PersonSettings, WorkingHours
from bot.store import person_settings
from bot.usecases.commands.asker import recognise_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.people import Clicker
    from bot.domain.person_settings import QueueFilter
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

#: As with `/pullcord away`.
_LONGEST = timedelta(days=60)


async def settings_of(desk: Desk, clicker: Clicker) -> tuple[PersonSettings, str, datetime]:
    """What they have said, in which zone Slack has them, and the time. Raises ForbiddenError."""
    return await desk.ledger.read(_read, desk.book, desk.team_id, clicker)


async def change_settings(
    desk: Desk, clicker: Clicker, away_until: datetime | None, hours: WorkingHours | None
) -> None:
    """Raises ForbiddenError for whom the policy does not name, and InvalidError for an absence
    that is over or too long.
    """
    await desk.ledger.run(_change, desk.book, desk.team_id, clicker, away_until, hours)


async def come_back(desk: Desk, clicker: Clicker) -> None:
    """They are away no longer. Raises ForbiddenError."""
    await desk.ledger.run(_come_back, desk.book, desk.team_id, clicker)


async def filter_queue(
    desk: Desk, clicker: Clicker, change: Callable[[QueueFilter], QueueFilter]
) -> None:
    """What they want to see of the team's queue becomes another. Raises ForbiddenError."""
    await desk.ledger.run(_filter, desk.book, desk.team_id, clicker, change)


def _read(
    tx: Tx, book: Book, team_id: str | None, clicker: Clicker
) -> tuple[PersonSettings, str, datetime]:
    known = recognise_in(tx, book, team_id, clicker).directory.people.get(clicker.id)
    zone = (known.tz if known else None) or book.timezone
    return person_settings.of(tx, clicker.id), zone, tx.now()


def _change(
    tx: Tx,
    book: Book,
    team_id: str | None,
    clicker: Clicker,
    away_until: datetime | None,
    hours: WorkingHours | None,
) -> None:
    before, _, now = _read(tx, book, team_id, clicker)
    # What stood in the form when it was opened may be over by now.
    if away_until is not None and away_until <= now and away_until != before.away_until:
        raise _wrong(wording_settings.AWAY_OVER)
    if away_until is not None and away_until > now + _LONGEST:
        raise _wrong(wording_settings.away_too_long(_LONGEST))
    person_settings.put(tx, clicker.id, away_until, hours)


def _come_back(tx: Tx, book: Book, team_id: str | None, clicker: Clicker) -> None:
    before, _, _ = _read(tx, book, team_id, clicker)
    person_settings.put(tx, clicker.id, None, before.hours)


def _filter(
    tx: Tx,
    book: Book,
    team_id: str | None,
    clicker: Clicker,
    change: Callable[[QueueFilter], QueueFilter],
) -> None:
    before, _, _ = _read(tx, book, team_id, clicker)
    person_settings.put_filter(tx, clicker.id, change(before.filter))


def _wrong(sentence: str) -> InvalidError:
    return InvalidError(sentence, [Fault("/away", sentence)])
