"""A finding as people see it: what kind of error, how often, who mends it, and the buttons."""

from __future__ import annotations

from datetime import datetime

from bot.cards import names
from bot.cards import wording_review_findings as wording
from bot.cards.blocks import Block, Element, Markup, actions, button, joined, section
from bot.cards.moments import moment
from bot.cards.text import clip, one_line
from bot.domain.people import Actor, Named
from bot.domain.review_finding import ReviewFinding, State

_NAME = 60


def finding_rows(one: ReviewFinding, now: datetime) -> list[Block]:
    """Two blocks, or one where there is nothing to press."""
    pressed = buttons(one)
    shown = section(joined("\n", finding_lines(one, now)))
    return [shown, actions(f"{one.id}|{one.state}", pressed)] if pressed else [shown]


def finding_lines(one: ReviewFinding, now: datetime) -> list[Markup]:
    lines = [
        wording.kind(one.kind),
        wording.stands(one, moment(one.seen_at, now)),
        wording.owned(
            None if one.owner is None else name_of(one.owner),
            one.due,
            now.date(),
            late=one.late(now.date()),
        ),
    ]
    if one.fixed is not None:
        step = one.fixed
        lines.append(wording.fixed(name_of(step.actor), moment(step.at, now), step.comment))
    if one.verified is not None:
        step = one.verified
        lines.append(wording.verified(name_of(step.actor), moment(step.at, now), step.comment))
    return lines


def buttons(one: ReviewFinding) -> list[Element]:
    return buttons_for(one.id, one.state)


def buttons_for(finding_id: str, state: State) -> list[Element]:
    if state == "open":
        return [
            button(wording.OWN, names.OWN_FINDING, finding_id),
            button(wording.FIXED, names.FIX_FINDING, finding_id),
        ]
    verify = button(wording.VERIFY, names.VERIFY_FINDING, finding_id)
    return [verify] if state == "fixed" else []


def name_of(person: Actor | Named) -> str:
    return clip(one_line(person.display_name or person.id), _NAME)
