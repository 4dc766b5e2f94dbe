"""Who has a question in hand, and what people and the agent say to each other about it."""

from __future__ import annotations

from bot.cards import wording_hands
from bot.cards.around import Around
from bot.cards.blocks import Block, Element, Markup, context, escaped, joined, mrkdwn
from bot.cards.moments import moment
from bot.cards.wording import SEPARATOR
from bot.domain.escalation import Escalation
from bot.domain.people import Actor, Named

_NAME, _WORDS = 40, 200


def in_hand(escalation: Escalation, around: Around) -> list[Block]:
    """Small print below the headline: nobody begins what another one is doing."""
    lines = [*_hands(escalation, around), *_conversation(escalation, around, _WORDS)]
    return [context(mrkdwn(joined("\n", lines)))] if lines else []


def in_hand_of_row(escalation: Escalation, around: Around, cap: int) -> list[Element]:
    """The same, where it has no line of its own."""
    lines = [*_hands(escalation, around), *_conversation(escalation, around, min(_WORDS, cap))]
    return [mrkdwn(joined(SEPARATOR, lines))] if lines else []


def _hands(escalation: Escalation, around: Around) -> list[Markup]:
    hands, lines = escalation.hands, []
    if hands.taken is not None:
        until = moment(hands.taken.until, around.now)
        lines.append(wording_hands.looking(_who(hands.taken.by, around), until))
    if hands.assigned is not None:
        to, by = hands.assigned.to, hands.assigned.by
        other = None if by.id == to.id else _who(by, around)
        lines.append(wording_hands.assigned(_who(to, around), other))
    if hands.snoozed is not None:
        until = moment(hands.snoozed.until, around.now)
        lines.append(wording_hands.snoozed(_who(hands.snoozed.by, around), until))
    return lines


def _conversation(escalation: Escalation, around: Around, limit: int) -> list[Markup]:
    """The newest question that is not answered; else the newest answer."""
    if not escalation.messages:
        return []
    last = escalation.messages[-1]
    words = escaped(last.text, limit)
    agent = escaped(escalation.agent, _NAME)
    if last.from_agent:
        return [wording_hands.has_answered(agent, words)]
    more = len(escalation.unanswered) - 1
    return [wording_hands.waits_for_answer(_who(last.sender, around), agent, words, more)]


def _who(somebody: Actor | Named, around: Around) -> Markup:
    return escaped(around.name_of(somebody), _NAME)
