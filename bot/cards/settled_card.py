"""The card after the end: what became of it, by whom, and whether it ran. No buttons."""

from __future__ import annotations

from bot.cards import wording
from bot.cards.argument_lines import difference_lines
from bot.cards.around import Around, Card
from bot.cards.blocks import (
    Block,
    Markup,
    context,
    escaped,
    header,
    mrkdwn,
    plain,
    quote,
    rich,
    section,
    words,
)  # fmt: skip
from bot.cards.moments import moment
from bot.cards.text import clean, clip, length, one_line
from bot.domain.durations import in_words
from bot.domain.escalation import Decision, Escalation

_ACTION, _HEADER, _COMMENT = 600, 150, 1500


def settled_card(escalation: Escalation, around: Around) -> Card:
    request = escalation.request
    line = one_line(request.action)
    title = header(line) if length(line) <= _HEADER else rich(words(clip(line, _ACTION), bold=True))
    became = settled_words(escalation, around)
    return Card(
        text=wording.settled_text(request.action, became),
        blocks=[title, *_what_became(escalation, around), _traces(escalation)],
    )


def settled_words(escalation: Escalation, around: Around) -> str:
    """The end in one sentence without times."""
    if escalation.decision is not None:
        decision = escalation.decision
        return wording.became(decision.type, one_line(_who(decision, around)))
    expired = escalation.status == "expired"
    return wording.BECAME_EXPIRED if expired else wording.BECAME_CANCELLED


def who_decided(decision: Decision, around: Around) -> Markup:
    return wording.actor(decision.decided_by, _who(decision, around))


def _who(decision: Decision, around: Around) -> str:
    if decision.decided_by.type == "rule" and decision.rule:
        return decision.rule
    return around.name_of(decision.decided_by)


def _what_became(escalation: Escalation, around: Around) -> list[Block]:
    decision = escalation.decision
    near = escalation.created_at
    if decision is None:
        if escalation.status == "expired":
            return [section(wording.expired(moment(escalation.expires_at, near)))]
        at = moment(escalation.settled_at or around.now, near)
        return [section(wording.cancelled(escalation.agent, at))]
    after = in_words(decision.decided_at - escalation.created_at)
    who = who_decided(decision, around)
    blocks = [
        section(wording.decided(decision.type, who, moment(decision.decided_at, near), after))
    ]
    if decision.modified_arguments is not None:
        request = escalation.request
        changed, _ = difference_lines(request, decision.modified_arguments, wording.CHANGED)
        blocks += changed
    for said in (decision.comment, decision.guidance):
        if said:
            blocks.append(quote(clip(clean(said).strip(), _COMMENT)))
    if decision.stop_run:
        blocks.append(context(plain(wording.RUN_STOPPED)))
    return [*blocks, *_voters(decision, around)]


def _voters(decision: Decision, around: Around) -> list[Block]:
    """Everybody who agreed, where it took more than one."""
    agreed = [v for v in decision.votes if v.counts and v.effective_digest and
              v.effective_digest == decision.effective_digest]  # fmt: skip
    if len(agreed) < 2:
        return []
    names = ", ".join(clip(one_line(around.name_of(vote.actor)), 40) for vote in agreed[:8])
    return [context(plain(wording.voted(names)))]


def _traces(escalation: Escalation) -> Block:
    """Whether the agent picked it up and ran it, and the id to quote when something is wrong."""
    near = escalation.created_at
    parts: list[Markup] = []
    if escalation.outcome is not None:
        outcome = escalation.outcome
        parts.append(wording.ran(outcome.status, moment(outcome.reported_at, near)))
    elif escalation.redeemed is not None:
        parts.append(wording.redeemed(moment(escalation.redeemed.at, near)))
    elif escalation.decision is not None and escalation.decision.effective is not None:
        parts.append(Markup(wording.NOT_REDEEMED))
    parts.append(escaped(escalation.id, 100))
    return context(mrkdwn(Markup(wording.SEPARATOR.join(parts))))
