"""The weekly report: each of its times once, and for whoever asks for one."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.domain.report import WEEK
from bot.policy.slots import missed_slot
from bot.store import journal, reports
from bot.usecases.commands.asker import recognise
from bot.usecases.report_facts import gather
from bot.usecases.show_report import names_in

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.domain.people import Clicker
    from bot.domain.report import Report
    from bot.policy.book import Book
    from bot.store.ledger import Ledger
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

log = structlog.get_logger()

_AGAIN, _DAY = timedelta(minutes=1), timedelta(days=1)


async def make_due_report(desk: Desk) -> bool:
    """Whether one was made. Safe to run anywhere, any number of times: the row decides."""
    book = desk.book
    if book.report is None:
        return False
    last, now = await desk.ledger.read(_look)
    if last is None:
        await desk.ledger.run_behind(reports.begin)
        return False
    slot = missed_slot(book.report, last, now)
    if slot is None:
        return False
    # Read beside everybody's work, as it may take a while; the row decides afterwards.
    # Days that are over: each of them is in one report.
    yesterday = slot.astimezone(UTC).date() - _DAY
    facts = await desk.ledger.read(partial(gather, due=slot), book, yesterday)
    made = await desk.ledger.run_behind(_make, facts, slot, book.report.channel)
    if made:
        log.info("report.made", slot=slot.isoformat())
    return made


async def report_directly(desk: Desk, clicker: Clicker, category: str | None) -> None:
    """The report of the last seven days goes to whoever asks, in their own conversation.

    Raises ForbiddenError for those whom no route ever asks.
    """
    asker = await recognise(desk, clicker)
    asker.check_reviews()
    facts, _ = await desk.ledger.read(_gather, desk.book, None, category)
    await desk.ledger.run(_make_for, facts, clicker.id)


async def report_of(
    ledger: Ledger, book: Book, first: date | None, category: str | None
) -> tuple[Report, dict[str, str]]:
    """The report itself, with the names of whom it names; nothing is posted or kept.

    `first`: the day on which its seven days begin; None: today is the last of them.
    """
    return await ledger.read(_gather, book, first, category)


def _look(tx: Tx) -> tuple[datetime | None, datetime]:
    return reports.last_run(tx), tx.now()


def _make(tx: Tx, facts: Report, slot: datetime, channel: str) -> bool:
    """False when that time was dealt with."""
    report_id = tx.new_id("rep")
    if not reports.run_once(tx, slot, report_id):
        return False
    reports.add(tx, report_id, facts, channel=channel)
    journal.note(tx, None, "report.made", None, report=report_id, slot=slot.isoformat())
    return True


def _make_for(tx: Tx, facts: Report, person: str) -> None:
    # The same click may be delivered twice, and an impatient person presses again.
    tx.queue_up("report", person)
    if not reports.made_since(tx, person, tx.now() - _AGAIN):
        reports.add(tx, tx.new_id("rep"), facts, channel=person)


def _gather(
    tx: Tx, book: Book, first: date | None, category: str | None
) -> tuple[Report, dict[str, str]]:
    last = tx.now().date() if first is None else first + WEEK - _DAY
    facts = gather(tx, book, last, category=category)
    return facts, names_in(tx, facts)
