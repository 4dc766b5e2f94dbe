"""A weekly report as it looks now, and what to do where Slack does not take it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cards import wording_report
from bot.cards.report_card import report_card
from bot.domain.outgoing import Alert, Never, Refused
from bot.domain.report import LATE
from bot.store import messages, outbox, people, reports

if TYPE_CHECKING:
    from bot.cards.around import Card
    from bot.domain.report import Report
    from bot.store.messages import Claimed
    from bot.store.tx import Tx

# Somebody may invite the bot into the channel meanwhile.
_AGAIN, _PATIENCE = timedelta(minutes=5), timedelta(days=1)


def see_report(tx: Tx, claimed: Claimed) -> Card:
    """A minimal one is without pictures in the message itself: they stand in its thread."""
    assert claimed.report_id is not None  # noqa: S101 - only reports come here
    kept = reports.find(tx, claimed.report_id)
    return report_card(
        kept.facts,
        pictures=kept.pictures,
        files=() if claimed.minimal else kept.files,
        names=names_in(tx, kept.facts),
        made_late=kept.facts.due is not None and kept.made_at - kept.facts.due > LATE,
    )


def names_in(tx: Tx, report: Report) -> dict[str, str]:
    """Of those who own findings."""
    owners = {one.owner for one in report.findings if one.owner is not None}
    return {one.id: one.display_name for one in people.find(tx, owners).values()}


def report_refused(tx: Tx, claimed: Claimed, outcome: Refused | Never) -> None:
    """First without the pictures; then the operators hear of it, and it is tried for a day."""
    assert claimed.report_id is not None  # noqa: S101 - only reports come here
    if isinstance(outcome, Refused) and not claimed.minimal:
        # Just after they were shared, Slack may not know its pictures yet.
        messages.settle_later(tx, claimed, wait=timedelta(0), problem=outcome.reason, minimal=True)
        return
    if claimed.ts is None:
        words = wording_report.not_posted(claimed.channel, outcome.reason)
        outbox.owe_once(tx, f"no_report_{claimed.report_id}", Alert(text=words))
        if tx.now() - claimed.created_at < _PATIENCE:
            messages.settle_later(tx, claimed, wait=_AGAIN, problem=outcome.reason)
            return
        reports.given_up(tx, claimed.report_id)
    messages.settle_given_up(tx, claimed, problem=outcome.reason)
