"""The small print of a card: risk, cost, confidence, who agreed."""

from __future__ import annotations

from bot.cards import wording, wording_confidence, wording_routes
from bot.cards.arguments import value_in_words
from bot.cards.around import Around
from bot.cards.text import clip, one_line
from bot.domain.durations import in_words
from bot.domain.escalation import Escalation
from bot.domain.request import Signal

_WORD = 160
_NO_RISK_SAID = ("medium", "unknown")


def facts(escalation: Escalation) -> str:
    """What kind of thing is asked: `Medium risk · cannot be undone · $247.50 · refund`."""
    request = escalation.shown
    risk = request.risk
    # Unless the agent says so, a question or an answer has no risk to speak of.
    speaks = request.kind == "approval" or (risk.level, risk.reversibility) != _NO_RISK_SAID
    found = [
        wording.urgency(escalation.urgency),
        *(wording.risk(risk.level, risk.reversibility) if speaks else []),
        wording.money(risk.cost.amount, risk.cost.currency) if risk.cost else None,
        request.category,
        wording.from_agent(escalation.agent),
    ]
    return _line(found)


def doubts(escalation: Escalation, around: Around, *, why: bool = True) -> str:
    """How sure the agent is, why people are asked, and what it attached."""
    request = escalation.request
    reason = why_here(escalation) if why else None
    told = reason is not None and wording_confidence.tells_confidence(reason)
    found: list[str | None] = [reason] if told else []
    if request.confidence is not None and not told:
        # Why people are asked says more than what the category wants.
        needs = None if why and escalation.why else around.threshold
        found.append(wording_confidence.confidence(request.confidence, needs))
    found += [_signal_on_card(signal) for signal in request.signals[:3]]
    if not told:
        found.append(reason)
    found += [wording.attached(e.title or e.type) for e in request.evidence[:3]]
    if len(request.evidence) > 3:
        found.append(wording.more_attached(len(request.evidence) - 3))
    line = _line(found)
    return line[:1].upper() + line[1:]


def why_here(escalation: Escalation) -> str | None:
    """Why people are asked, in one phrase."""
    if escalation.rule and escalation.why is None:
        return wording.sent_by_rule(escalation.rule)
    return escalation.why


def support(escalation: Escalation, around: Around) -> str:
    """`Approvals 1 of 2: Bob`, for the action that is shown; empty where one is enough."""
    agreeing = escalation.agreeing(escalation.shown_digest)
    need = escalation.shown_need.approvals
    # A paused workflow needs one answer, however many approvals its route asks for.
    if escalation.request.kind == "guidance" or (need <= 1 and not agreeing):
        return ""
    names = [clip(one_line(around.name_of(vote.actor)), 40) for vote in agreeing[:8]]
    return wording.approvals(len(agreeing), need, names)


def raised(escalation: Escalation, around: Around) -> str:
    """Who is asked besides, since nobody had answered; empty before the first tier."""
    if around.raised_after is None:
        return ""
    groups = [clip(one_line(group), 40) for group in around.also_asked]
    urgency = escalation.urgency if escalation.urgency != escalation.request.urgency else None
    return wording_routes.raised(in_words(around.raised_after), groups, urgency)


def _signal_on_card(signal: Signal) -> str:
    """The agent's own words for it, where it has some: `2 of 5 claims have no source`."""
    return signal.explanation or signal_in_words(signal.name, signal.value, signal.threshold)


def signal_in_words(name: str, value: object, threshold: object) -> str:
    written = value_in_words(value) or wording.TOO_DEEP
    needed = None if threshold is None else value_in_words(threshold)
    return wording.signal(name, written, needed)


def _line(found: list[str | None]) -> str:
    return wording.SEPARATOR.join(clip(one_line(part), _WORD) for part in found if part)
