"""Who of some people is perhaps not there, as far as they have said."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.person_settings import absence
from bot.store import people, person_settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.domain.person_settings import Absence, PersonSettings
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

    Said = dict[str, tuple[PersonSettings, str]]


async def absences(desk: Desk, ids: Iterable[str]) -> dict[str, Absence]:
    """Those who are away or not at work now; a hint, and nobody's right to be asked."""
    said, now = await desk.ledger.read(_said, desk.book, ids)
    # A zone that nobody has asked about yet is read from the disk.
    return await asyncio.to_thread(_judged, said, now)


def _said(tx: Tx, book: Book, ids: Iterable[str]) -> tuple[Said, datetime]:
    """What they said, and where Slack says that they are."""
    found = person_settings.find(tx, ids)
    known = people.find(tx, found)
    zones = {one: (known[one].tz if one in known else None) or book.timezone for one in found}
    return {one: (settings, zones[one]) for one, settings in found.items()}, tx.now()


def _judged(said: Said, now: datetime) -> dict[str, Absence]:
    judged = {one: absence(settings, zone, now) for one, (settings, zone) in said.items()}
    return {one: gone for one, gone in judged.items() if gone is not None}
