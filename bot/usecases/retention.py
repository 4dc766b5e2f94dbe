"""What is older than the operators keep things: gone, and its seals stay."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.store import journal, reports, retention

if TYPE_CHECKING:
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

_AT_ONCE = 100
#: A question sent again within this time is recognised (contract: at least seven days).
_KEYS = timedelta(days=8)
#: Words that were said, for whoever looks into what happened.
_WORDS = timedelta(days=8)


async def remove_what_is_old(desk: Desk, keep: timedelta | None) -> int:
    """How many settled escalations were removed; `keep` None: none, ever."""
    await desk.ledger.run_behind(_remove_words)
    if keep is None:
        return 0
    total = 0
    while removed := await desk.ledger.run_behind(_remove, max(keep, _KEYS)):
        total += removed
    while await desk.ledger.run_behind(_remove_outputs, max(keep, _KEYS)):
        pass
    return total


def _remove(tx: Tx, keep: timedelta) -> int:
    reports.remove(tx, tx.now() - keep)
    escalations, entries = retention.remove_some(tx, tx.now() - keep, _AT_ONCE)
    if escalations:
        journal.note(tx, None, "retention.removed", None, escalations=escalations, entries=entries)
    return escalations


def _remove_outputs(tx: Tx, keep: timedelta) -> int:
    before = tx.now() - keep
    outputs = retention.remove_outputs(tx, before, _AT_ONCE)
    if outputs:
        retention.remove_counts(tx, before.date())
        # An entry of its own: it says how many of the escalations' entries went, which is none.
        journal.note(tx, None, "retention.removed", None, outputs=outputs, entries=0)
    return outputs


def _remove_words(tx: Tx) -> None:
    retention.remove_words(tx, tx.now() - _WORDS)
