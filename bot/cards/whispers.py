"""What one person is told privately, after a click that did nothing or not everything."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cards import wording_timeout, wording_whispers
from bot.cards.around import Around
from bot.cards.blocks import Markup, escaped
from bot.cards.settled_card import who_decided
from bot.cards.wording_settled import TOLD
from bot.domain.durations import in_words
from bot.domain.escalation import Escalation


def someone_was_faster(escalation: Escalation, clicked_at: datetime) -> Markup:
    """Who settled it, how long before the click, and with which words."""
    settled = escalation.settled_at or clicked_at
    before = clicked_at - settled
    ago = in_words(before) if before >= timedelta(seconds=1) else None
    decision = escalation.decision
    if decision is not None and decision.provenance == "timeout":
        approved = decision.effective is not None
        did = wording_timeout.did(escalation.request.kind, approved=approved)
        return wording_whispers.time_ran_out(ago, did)
    if decision is not None:
        who = who_decided(decision, Around(now=clicked_at))
        comment = escaped(decision.comment, 300) if decision.comment else None
        return wording_whispers.was_faster(decision.type, who, ago, comment)
    if escalation.status == "expired":
        return wording_whispers.time_ran_out(ago, TOLD[escalation.request.kind])
    if escalation.status == "cancelled":
        return wording_whispers.had_been_withdrawn(escalation.agent, ago)
    return wording_whispers.still_open()


def changed_meanwhile(escalation: Escalation) -> Markup:
    """The action on the card is no longer the one that was clicked."""
    by = escalation.proposal.by if escalation.proposal else None
    return wording_whispers.changed_meanwhile((by.display_name or by.id) if by else None)


def vote_counted(escalation: Escalation) -> Markup:
    """The approval counts, and others are still needed."""
    have = len(escalation.agreeing(escalation.shown_digest))
    return wording_whispers.vote_counted(have, escalation.shown_need.approvals)


def not_allowed(reason: str) -> Markup:
    return wording_whispers.not_allowed(reason)


def database_silent(*, perhaps_recorded: bool) -> Markup:
    """Not even a word to this person can be remembered now; it has to be said at once."""
    return Markup(
        wording_whispers.PERHAPS_RECORDED if perhaps_recorded else wording_whispers.NOT_RECORDED
    )


def went_wrong() -> Markup:
    return Markup(wording_whispers.WENT_WRONG)
