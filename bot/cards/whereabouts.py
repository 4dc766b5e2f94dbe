"""Where an open question is, in one line: who has it, what was clicked, who else is asked, and
which digest it waits for.
"""

from __future__ import annotations

from bot.cards import wording_whereabouts as words_of
from bot.cards.around import Around
from bot.cards.text import clip, one_line
from bot.domain.durations import in_words
from bot.domain.escalation import Escalation
from bot.domain.people import Actor, Named

_NAME = 40


def whereabouts(escalation: Escalation, around: Around) -> list[str]:
    """What a list says of it besides what is asked; the most pressing first."""
    hands, intent, due = escalation.hands, escalation.intent, escalation.digest_due
    marks: list[str] = []
    if intent is not None:
        made = intent.decision
        left = in_words(intent.until - around.now)
        marks.append(words_of.in_grace(made.type, _name(made.decided_by, around), left))
    if hands.taken is not None:
        marks.append(words_of.taken(_name(hands.taken.by, around)))
    if hands.assigned is not None:
        marks.append(words_of.assigned(_name(hands.assigned.to, around)))
    if hands.snoozed is not None:
        left = in_words(hands.snoozed.until - around.now)
        marks.append(words_of.snoozed(left, _name(hands.snoozed.by, around)))
    if around.raised_after is not None:
        groups = [clip(one_line(group), _NAME) for group in around.also_asked]
        marks.append(words_of.raised(escalation.tier, in_words(around.raised_after), groups))
    if due is not None and escalation.permalink is None:
        name = clip(one_line(escalation.digest or ""), _NAME)
        marks.append(words_of.waits_for(name, in_words(due - around.now)))
    return marks


def _name(who: Actor | Named, around: Around) -> str:
    return clip(one_line(around.name_of(who)), _NAME)
