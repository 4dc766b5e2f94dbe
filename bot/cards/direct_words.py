"""Messages to one person about a question: what it is, and a link to its card."""

from __future__ import annotations

from datetime import datetime

from bot.cards import wording_grace, wording_hands, wording_settled
from bot.cards.blocks import Markup, escaped, joined
from bot.cards.moments import moment
from bot.domain.escalation import Decision, Escalation

_HEADLINE, _COMMENT = 300, 300


def assigned(escalation: Escalation, by: str, now: datetime) -> Markup:
    due = moment(escalation.expires_at, now)
    return _linked(escalation, wording_hands.asks_you(by, _headline(escalation), due))


def taken_over(escalation: Escalation, by: str) -> Markup:
    return _linked(escalation, wording_hands.took_over(by, _headline(escalation)))


def woken(escalation: Escalation, now: datetime) -> Markup:
    due = moment(escalation.expires_at, now)
    return _linked(escalation, wording_hands.time_to_look(_headline(escalation), due))


def overridden(escalation: Escalation, clicked: Decision, by: Decision) -> Markup:
    """Somebody refuses what this person has just agreed to."""
    who = by.decided_by
    named = wording_settled.actor(who, who.display_name or who.id)
    comment = escaped(by.comment, _COMMENT) if by.comment else None
    return _linked(
        escalation,
        wording_grace.overridden(clicked.type, named, by.type, _headline(escalation), comment),
    )


def _headline(escalation: Escalation) -> Markup:
    return escaped(escalation.shown.headline, _HEADLINE)


def _linked(escalation: Escalation, sentence: Markup) -> Markup:
    """Before its card stands anywhere there is nothing to link to."""
    if escalation.permalink is None:
        return sentence
    link = Markup(f"<{escaped(escalation.permalink)}|{wording_hands.OPEN_CARD}>")
    return joined(" ", [sentence, link])
