"""A card within its grace: who has decided what, from when on it counts, and Undo."""

from __future__ import annotations

from bot.cards import frame, names, offers, wording, wording_grace
from bot.cards.around import Around
from bot.cards.blocks import Block, Element, Markup, button, section, time_of_reader
from bot.cards.settled_card import what_is_decided
from bot.cards.text import clip, one_line
from bot.domain.durations import in_words
from bot.domain.escalation import Escalation, Intent

_NAME = 40


def instead_of_buttons(
    blocks: list[Block], escalation: Escalation, intent: Intent, around: Around
) -> list[Block]:
    """The question stays in view; what can be done about it is less."""
    at = next(at for at, block in enumerate(blocks) if block["type"] == "actions")
    said = [section(pending_line(escalation, intent, around))]
    said += what_is_decided(escalation, intent.decision, around)
    row = frame.row_of(
        escalation,
        pending_buttons(escalation, intent),
        wording.SHOW_EVERYTHING,
        names.SHOW_EVERYTHING,
    )
    # Whose agreement is there or missing makes no difference now.
    return [*blocks[:at], *said, row]


def pending_line(escalation: Escalation, intent: Intent, around: Around) -> Markup:
    made = intent.decision
    left = in_words(intent.until - around.now)
    at = time_of_reader(intent.until, "{time_secs}", f"{intent.until:%H:%M:%S} UTC")
    others = []
    if not intent.agrees:
        others = [_name(around.name_of(vote.actor)) for vote in escalation.votes
                  if vote.effective_digest and vote.actor.id != made.decided_by.id][:8]  # fmt: skip
    return wording_grace.pending(
        made.type, _name(around.name_of(made.decided_by)), at, left, others
    )


def pending_buttons(escalation: Escalation, intent: Intent) -> list[Element]:
    """Somebody else's rejection comes before what agrees."""
    packed = names.pack(escalation.id, escalation.shown_digest, intent.number)
    buttons = [button(wording_grace.UNDO, names.UNDO, packed)]
    if intent.agrees and offers.can_refuse(escalation):
        buttons.append(offers.reject_button(escalation))
    return buttons


def somebody_was_first(intent: Intent, around: Around) -> Markup:
    who = _name(around.name_of(intent.decision.decided_by))
    left = in_words(intent.until - around.now)
    return wording_grace.somebody_was_first(intent.decision.type, who, left)


def _name(name: str) -> str:
    return clip(one_line(name), _NAME)
