"""The approval card: the question, what is needed to answer it, the buttons.

Approve stands only on a card that shows the whole action: headline, reason, impact and every
argument. Where something had to be cut, "Show everything" takes its place.
"""

from __future__ import annotations

from bot.cards import names, offers, wording
from bot.cards.argument_lines import argument_lines, difference_lines
from bot.cards.around import Around, Card
from bot.cards.blocks import (
    Block,
    actions,
    context,
    escaped,
    header,
    mrkdwn,
    option,
    overflow,
    plain,
    plain_section,
    prose,
    rich,
    words,
)  # fmt: skip
from bot.cards.facts import doubts, facts, support
from bot.cards.moments import fallback, moment
from bot.cards.settled_card import settled_card, settled_words
from bot.cards.text import clip, length, one_line, paragraphs
from bot.domain.durations import in_words
from bot.domain.escalation import Escalation

__all__ = ["Around", "Card", "card", "minimal_card"]

# Together with our own words these stay below 11,000, where Slack begins to refuse messages.
_ACTION, _PROSE, _LINE = 600, 3000, 400
_HEADER = 150


def card(escalation: Escalation, around: Around) -> Card:
    """The card as it should look now, whatever the state."""
    if escalation.status != "open":
        return settled_card(escalation, around)
    request = escalation.shown
    arguments = argument_lines(request.tool)
    proposed, proposed_whole = _proposal(escalation, around)
    reason, impact = paragraphs(request.reason), paragraphs(request.impact)
    whole = (
        arguments.whole
        and proposed_whole
        and _fits(one_line(request.action), _ACTION)
        and _fits(reason, _PROSE)
        and _fits(impact, _PROSE)
    )
    blocks = [
        headline(request.action),
        _facts(escalation, around),
        *proposed,
        prose(wording.WHY, clip(reason, _PROSE)),
        prose(wording.WHAT_HAPPENS, clip(impact, _PROSE)),
        *arguments.blocks,
        *_one_line_context(doubts(escalation)),
        *_buttons(escalation, whole=whole),
        *_one_line_context(support(escalation, around)),
    ]
    return Card(text=_question(escalation, around), blocks=blocks)


def minimal_card(escalation: Escalation, around: Around) -> Card:
    """The plainest card there is, for when Slack refused the full one."""
    action = clip(one_line(escalation.shown.action), _HEADER)
    if escalation.status != "open":
        text = f"{action}: {settled_words(escalation, around)}"
        return Card(text=escaped(text, 2000), blocks=[plain_section(clip(one_line(text), 1000))])
    buttons = [offers.details_button(escalation)]
    if offers.can_refuse(escalation):
        buttons.append(offers.reject_button(escalation))
    return Card(
        text=_question(escalation, around),
        blocks=[
            plain_section(wording.minimal(clip(one_line(escalation.agent), 100), action)),
            context(plain(wording.MINIMAL_WHY)),
            actions(_actions_id(escalation), buttons),
        ],
    )


def headline(action: str) -> Block:
    """What will be done, as the agent said it."""
    line = one_line(action)
    if _fits(line, _HEADER):
        return header(line)
    return rich(words(clip(line, _ACTION), bold=True))


def _facts(escalation: Escalation, around: Around) -> Block:
    due = moment(escalation.expires_at, around.now)
    if escalation.overdue(around.now):
        answer = wording.answer_was_due(due)
    else:
        left = in_words(escalation.expires_at - around.now)
        answer = wording.answer_by(due, left, around.on_timeout)
    return context(plain(wording.and_then(clip(facts(escalation), _LINE))), mrkdwn(answer))


def _proposal(escalation: Escalation, around: Around) -> tuple[list[Block], bool]:
    proposal = escalation.proposal
    if proposal is None:
        return [], True
    who = clip(one_line(around.name_of(proposal.by)), 60)
    return difference_lines(escalation.request, proposal.arguments, wording.proposes(who))


def _one_line_context(text: str) -> list[Block]:
    return [context(plain(one_line(text), _LINE))] if text else []


def _buttons(escalation: Escalation, *, whole: bool) -> list[Block]:
    approvable = offers.allowed(escalation, "approve")
    elements = []
    if approvable:
        shown = offers.approve_button if whole else offers.details_button
        elements.append(shown(escalation))
    if offers.can_modify(escalation):
        elements.append(offers.modify_button(escalation))
    if offers.can_refuse(escalation):
        elements.append(offers.reject_button(escalation))
    if whole or not approvable:
        show = option(wording.SHOW_EVERYTHING, names.SHOW_EVERYTHING)
        elements.append(overflow(names.MORE, [show]))
    row = actions(_actions_id(escalation), elements)
    return [row] if whole or not approvable else [context(plain(wording.NOT_ALL_HERE)), row]


def _actions_id(escalation: Escalation) -> str:
    """New with every change, as Slack asks; and what the overflow menu belongs to."""
    return names.pack(escalation.id, escalation.shown_digest, escalation.version)


def _question(escalation: Escalation, around: Around) -> str:
    request = escalation.shown
    by = fallback(escalation.expires_at, around.now, around.timezone)
    proposer = around.name_of(escalation.proposal.by) if escalation.proposal else None
    return wording.question(escalation.agent, request.action, proposer, request.reason, by)


def _fits(text: str, limit: int) -> bool:
    return length(text) <= limit
