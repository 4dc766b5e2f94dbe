"""Which buttons an open escalation may show, and what they carry."""

from __future__ import annotations

from bot.cards import names, wording
from bot.cards.arguments import difference
from bot.cards.blocks import Element, button, confirm
from bot.cards.fields import fields_of_tool
from bot.cards.text import clip, one_line
from bot.domain.escalation import Escalation
from bot.domain.request import DecisionType

_CONFIRMED_ACTION, _CONFIRMED_CHANGES = 120, 100


def allowed(escalation: Escalation, decision: DecisionType) -> bool:
    """Whether the agent left this decision open to people."""
    narrowed = escalation.request.allowed_decisions
    return narrowed is None or decision in narrowed


def can_modify(escalation: Escalation) -> bool:
    """Modify needs a tool with at least one field that a form can hold."""
    return allowed(escalation, "modify") and bool(fields_of_tool(escalation.shown.tool))


def can_refuse(escalation: Escalation) -> bool:
    return allowed(escalation, "reject") or allowed(escalation, "revise")


def shown_value(escalation: Escalation) -> str:
    return names.pack(escalation.id, escalation.shown_digest)


def approve_button(escalation: Escalation) -> Element:
    """Only for places where the whole action is in view."""
    request = escalation.shown
    again = None
    if request.dangerous:
        action = clip(one_line(request.action), _CONFIRMED_ACTION)
        if escalation.proposal is not None:  # the agent's headline still names the old values
            changed = difference(escalation.request, escalation.proposal.arguments)
            action += "\n" + clip(wording.with_changes(changed), _CONFIRMED_CHANGES)
        again = confirm(
            wording.confirm_title(request.risk.reversibility),
            wording.confirm(action, one_line(request.impact)),
            wording.CONFIRM_YES, wording.CONFIRM_NO,
        )  # fmt: skip
    return button(
        wording.APPROVE, names.APPROVE, shown_value(escalation), style="primary", confirm=again
    )


def modify_button(escalation: Escalation) -> Element:
    return button(wording.MODIFY, names.MODIFY, shown_value(escalation))


def reject_button(escalation: Escalation) -> Element:
    return button(wording.REJECT, names.REJECT, shown_value(escalation), style="danger")


def details_button(escalation: Escalation) -> Element:
    return button(wording.SHOW_EVERYTHING, names.DETAILS, shown_value(escalation))
