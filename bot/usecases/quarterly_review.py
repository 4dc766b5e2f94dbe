"""Once in a quarter the admins see every category that learns, and what could be done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.cards.quarter_card import quarter_card
from bot.domain.outgoing import Alert
from bot.learning.review import review
from bot.store import learning, outbox
from bot.usecases.learn import as_seen

if TYPE_CHECKING:
    from datetime import datetime

    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

_MORNING = 9
# A bot that was down then is late; what was said long ago is forgotten after eight days, so a
# longer wait could say it twice.
_LATEST = timedelta(days=5)


async def review_quarter(desk: Desk) -> None:
    """On the first day of a quarter, at nine where the policy is."""
    await desk.ledger.run_behind(_review, desk.book)


def _review(tx: Tx, book: Book) -> None:
    began = quarter_of(tx.now().astimezone(ZoneInfo(book.timezone)))
    if not timedelta(0) <= tx.now() - began <= _LATEST:
        return
    known = {
        name: standing
        for name, standing in learning.every(tx).items()
        if (listed := book.category(name)) is not None and listed.learn
    }
    if not any(one.began and one.began.at < began for one in known.values()):
        return
    quarter = f"{began.year} Q{began.month // 3 + 1}"
    stands = {one.category: one.stands for one in review(known)}
    rows = [(as_seen(name, standing), stands[name]) for name, standing in known.items()]
    card = quarter_card(quarter, rows)
    outbox.owe_once(tx, f"quarter_{quarter}", Alert(text=card.text, blocks=card.blocks))


def quarter_of(local: datetime) -> datetime:
    """Nine in the morning of the first day of the quarter in which that moment lies."""
    month = (local.month - 1) // 3 * 3 + 1
    return local.replace(month=month, day=1, hour=_MORNING, minute=0, second=0, microsecond=0)
