"""The card after the end: what became of it, by whom, and whether it ran. No buttons."""

from __future__ import annotations

import json
from typing import Any

from bot.cards import wording, wording_settled, wording_timeout
from bot.cards.argument_lines import difference_lines
from bot.cards.arguments import label_of, value_in_words
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
from bot.cards.frame import named
from bot.cards.moments import moment
from bot.cards.pointers import declared
from bot.cards.text import clean, clip, disclosed, length, one_line
from bot.domain.escalation import Decision, Escalation
from bot.domain.request import Request

_ACTION, _HEADER, _COMMENT = 600, 150, 1500


def settled_card(escalation: Escalation, around: Around) -> Card:
    request = escalation.request
    line = one_line(request.headline)
    title = header(line) if length(line) <= _HEADER else rich(words(clip(line, _ACTION), bold=True))
    became = settled_words(escalation, around)
    return Card(
        text=wording_settled.settled_text(request.headline, became),
        blocks=[
            title,
            *what_became(escalation, around),
            *_came_back_with(around),
            traces(escalation),
        ],
    )


def settled_words(escalation: Escalation, around: Around) -> str:
    """The end in one sentence without times."""
    if escalation.decision is not None:
        decision = escalation.decision
        if decision.provenance == "timeout":
            approved = decision.effective is not None
            return wording_timeout.became(escalation.request.kind, approved=approved)
        return wording_settled.became(decision.type, one_line(_who(decision, around)))
    if escalation.status == "expired":
        return wording_settled.became_expired(escalation.request.kind)
    return wording_settled.BECAME_CANCELLED


def who_decided(decision: Decision, around: Around) -> Markup:
    return wording_settled.actor(decision.decided_by, _who(decision, around))


def _who(decision: Decision, around: Around) -> str:
    if decision.decided_by.type == "rule" and decision.rule:
        return decision.rule
    return around.name_of(decision.decided_by)


def what_became(escalation: Escalation, around: Around) -> list[Block]:
    """Who answered, when and how; then what they changed, chose and said."""
    decision = escalation.decision
    near = escalation.created_at
    if decision is None:
        if escalation.status == "expired":
            by = moment(escalation.expires_at, near)
            return [section(wording_settled.expired(by, escalation.request.kind))]
        at = moment(escalation.settled_at or around.now, near)
        return [section(wording_settled.cancelled(escalation.agent, at))]
    if decision.provenance == "timeout":
        # Its comment says the same to the agent.
        approved = decision.effective is not None
        by = moment(escalation.expires_at, near)
        ended = wording_timeout.decided(by, escalation.request.kind, approved=approved)
        return [section(ended), *_noted(escalation), *_voters(decision, around)]
    after = decision.decided_at - escalation.created_at
    who = who_decided(decision, around)
    blocks = [
        section(
            wording_settled.decided(decision.type, who, moment(decision.decided_at, near), after)
        )
    ]
    return [
        *blocks,
        *what_is_decided(escalation, decision, around),
        *_noted(escalation),
        *_voters(decision, around),
    ]


def what_is_decided(escalation: Escalation, decision: Decision, around: Around) -> list[Block]:
    """What they changed, chose and said."""
    blocks: list[Block] = []
    if decision.modified_arguments is not None:
        request = escalation.request
        changed, _ = difference_lines(
            request, decision.modified_arguments, _changed(decision, around)
        )
        blocks += changed
    blocks += _answered(escalation.request, decision)
    if decision.comment and decision.comment != decision.guidance:
        blocks.append(_quoted(decision.comment))
    if decision.guidance:
        kept = decision.guidance
        if _is_kept(decision):
            kept = _said(escalation.request, decision.response)
        blocks.append(_quoted(wording_settled.FOR_THE_RUN + kept))
    if decision.stop_run:
        blocks.append(context(plain(wording_settled.RUN_STOPPED)))
    return blocks


def _noted(escalation: Escalation) -> list[Block]:
    """What the agent said of its outcome."""
    if escalation.outcome is None or not escalation.outcome.note:
        return []
    return [_quoted(wording_settled.AGENT_NOTES + escalation.outcome.note)]


def _changed(decision: Decision, around: Around) -> str:
    """Whose change it is, where another one's agreement decided it."""
    authors = [v.actor for v in decision.votes if v.type == "modify" and
               v.effective_digest == decision.effective_digest]  # fmt: skip
    if not authors or decision.decided_by in authors:
        return wording_settled.changed_by(None)
    return wording_settled.changed_by(clip(one_line(around.name_of(authors[0])), 40))


def _answered(request: Request, decision: Decision) -> list[Block]:
    """The words that go out, the option that was chosen, the answer that was given."""
    blocks = []
    if decision.modified_answer is not None:
        blocks = [
            rich(words(wording.GOES_OUT, bold=True)),
            _quoted(disclosed(decision.modified_answer)),
        ]
    labels = {option.id: one_line(option.label) for option in request.options}
    chosen = [labels[one] for one in decision.option_ids if one in labels]
    if chosen:
        blocks.append(rich(words(wording.SEPARATOR.join(chosen), bold=True)))
    # What is kept for the run is quoted there, and not twice.
    if decision.response is not None and not _is_kept(decision):
        blocks.append(_quoted(_said(request, decision.response)))
    return blocks


def _is_kept(decision: Decision) -> bool:
    """Whether the answer itself is what holds for the rest of the run."""
    response = decision.response
    written = response if isinstance(response, str) else one_line(json.dumps(response))
    return decision.guidance is not None and decision.guidance == written


def _said(request: Request, response: Any) -> str:
    """Words as they are; of values `meaning: net`, each after the other."""
    if isinstance(response, str):
        return response
    if not isinstance(response, dict):
        return value_in_words(response) or wording.TOO_DEEP
    schema = request.response_schema or {}
    pairs = (
        (label_of(name, declared(schema, [name])), value_in_words(v))
        for name, v in response.items()
    )
    said = (wording_settled.answer_line(name, v or wording.TOO_DEEP) for name, v in pairs)
    return wording.SEPARATOR.join(said)


def _quoted(text: str) -> Block:
    return quote(clip(clean(text).strip(), _COMMENT))


def _came_back_with(around: Around) -> list[Block]:
    if not around.successors:
        return []
    elements = [words(wording.CAME_BACK_WITH)]
    for at, one in enumerate(around.successors):
        elements += ([words(", ")] if at else []) + named(one)
    return [rich(*elements)]


def _voters(decision: Decision, around: Around) -> list[Block]:
    """Everybody who agreed, where it took more than one."""
    agreed = [v for v in decision.votes if v.counts and v.effective_digest and
              v.effective_digest == decision.effective_digest]  # fmt: skip
    if len(agreed) < 2:
        return []
    names = ", ".join(clip(one_line(around.name_of(vote.actor)), 40) for vote in agreed[:8])
    return [context(plain(wording_settled.voted(names)))]


def traces(escalation: Escalation) -> Block:
    """Whether the agent picked it up and ran it, and the id to quote when something is wrong."""
    near = escalation.created_at
    parts: list[Markup] = []
    if escalation.outcome is not None:
        outcome = escalation.outcome
        allowed = escalation.decision is not None and escalation.decision.effective is not None
        at = moment(outcome.reported_at, near)
        parts.append(
            wording_settled.ran(outcome.status, at, escalation.request.kind, allowed=allowed)
        )
    elif escalation.redeemed is not None:
        parts.append(wording_settled.redeemed(moment(escalation.redeemed.at, near)))
    elif escalation.decision is not None and escalation.decision.effective is not None:
        parts.append(Markup(wording_settled.NOT_REDEEMED))
    parts.append(escaped(escalation.id, 100))
    return context(mrkdwn(Markup(wording.SEPARATOR.join(parts))))
