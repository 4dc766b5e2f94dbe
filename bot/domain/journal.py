"""The events that the journal knows: a closed set, in the past tense."""

from __future__ import annotations

from typing import Literal

Ending = Literal["escalation.decided", "escalation.expired", "escalation.cancelled"]
Event = Literal[
    Ending,
    "escalation.opened",
    "escalation.proposed",
    "escalation.redeemed",
    "escalation.reminded",
    "escalation.raised",
    "escalation.taken",
    "escalation.released",
    "escalation.assigned",
    "escalation.snoozed",
    "escalation.woken",
    "escalation.hurried",
    "boundary.not_similar",
    "vote.cast",
    "vote.intended",
    "vote.undone",
    "message.asked",
    "message.answered",
    "outcome.reported",
    "review.asked",
    "review.judged",
    "review.skipped",
    "review.expired",
    "card.posted",
    "card.refused",
    # These concern the house and no question.
    "agent.paused",
    "agent.resumed",
    "callback.replayed",
    "category.opened",
    "category.doubted",
    "category.closed",
    "category.ordered",
    "rule.proposed",
    "rule.accepted",
    "rule.declined",
    "rule.revoked",
    "digest.made",
    "report.made",
    "person.erased",
    "retention.removed",
]
