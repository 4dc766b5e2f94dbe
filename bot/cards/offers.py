"""Which buttons an open escalation may show, and what they carry."""

from __future__ import annotations

from bot.cards import longtext, names, wording, wording_hands
from bot.cards.arguments import difference
from bot.cards.blocks import CONFIRM_TEXT, Element, button, confirm
from bot.cards.fields import any_field
from bot.cards.text import clip, one_line
from bot.domain.escalation import Escalation
from bot.domain.request import REFUSALS, DecisionType

_CONFIRMED_ACTION, _CONFIRMED_CHANGES = 120, 100


def allowed(escalation: Escalation, decision: DecisionType) -> bool:
    """Whether the agent left this decision open to people; of a paused one, only refusals are."""
    if escalation.pause is not None and decision not in REFUSALS:
        return False
    return decision in escalation.request.decisions


def can_modify(escalation: Escalation) -> bool:
    """Modify needs an answer that a form can hold, or a tool with at least one such field."""
    if not allowed(escalation, "modify"):
        return False
    shown = escalation.shown
    if shown.answer is not None:
        return longtext.fits(shown.answer)
    return any_field(shown.tool)


def can_refuse(escalation: Escalation) -> bool:
    return allowed(escalation, "reject") or allowed(escalation, "revise")


def shown_value(escalation: Escalation) -> str:
    return names.pack(escalation.id, escalation.shown_digest)


def approve_button(escalation: Escalation) -> Element:
    """Only for places where the whole action is in view."""
    request = escalation.shown
    again = None
    if request.dangerous:
        action = clip(one_line(request.headline), _CONFIRMED_ACTION)
        proposal = escalation.proposal
        if proposal is not None and proposal.arguments is not None:
            # The agent's headline still names the old values.
            changed = difference(escalation.request, proposal.arguments)
            action += "\n" + clip(wording.with_changes(changed), _CONFIRMED_CHANGES)
        again = confirm(
            wording.confirm_title(wording.CONFIRM_YES, request.risk.reversibility),
            wording.confirm(action, one_line(request.impact or request.answer or "")),
            wording.CONFIRM_YES, wording.CONFIRM_NO,
        )  # fmt: skip
    return button(
        wording.APPROVE, names.APPROVE, shown_value(escalation), style="primary", confirm=again
    )


def modify_button(escalation: Escalation) -> Element:
    return button(wording.MODIFY, names.MODIFY, shown_value(escalation))


def reject_button(escalation: Escalation) -> Element:
    return button(wording.REJECT, names.REJECT, shown_value(escalation), style="danger")


def form_buttons(escalation: Escalation) -> list[Element]:
    """What is answered in a form."""
    buttons = []
    if allowed(escalation, "respond"):
        buttons.append(answer_button(escalation))
    if can_modify(escalation):
        buttons.append(modify_button(escalation))
    if can_refuse(escalation):
        buttons.append(reject_button(escalation))
    return buttons


def details_button(escalation: Escalation, label: str = wording.SHOW_EVERYTHING) -> Element:
    return button(label, names.DETAILS, shown_value(escalation))


def option_buttons(escalation: Escalation, share: float = 1.0) -> list[Element]:
    """One button an option of a paused workflow; a crowded card says less in its dialogs."""
    request = escalation.request
    made = []
    for at, one in enumerate(request.options):
        again = None
        if request.dangerous:
            again = confirm(
                wording.confirm_title(wording.CHOOSE, request.risk.reversibility),
                wording.confirm(
                    one.label,
                    clip(
                        one_line(one.description or request.headline),
                        int(CONFIRM_TEXT * share),
                    ),
                ),
                wording.CHOOSE_YES, wording.CONFIRM_NO,
            )  # fmt: skip
        value = names.pack(escalation.id, escalation.shown_digest, at)
        style = "primary" if one.recommended else None
        made.append(button(one_line(one.label), f"{names.OPTION}_{at}", value, style=style,
                           confirm=again))  # fmt: skip
    return made


def answer_button(escalation: Escalation) -> Element:
    return button(wording.ANSWER, names.ANSWER, shown_value(escalation))


def hands(escalation: Escalation) -> tuple[str, ...]:
    """What a menu offers besides an answer, each a label and its value.

    Nothing while its agent is paused: the card then says so, and takes only a refusal.
    """
    if escalation.pause is not None:
        return ()
    taken = escalation.hands.taken is not None
    return (
        wording_hands.TAKE_OVER if taken else wording_hands.TAKE, names.TAKE,
        wording_hands.ASK, names.ASK,
        wording_hands.LATER, names.LATER,
        wording_hands.HURRY, names.HURRY,
    )  # fmt: skip
