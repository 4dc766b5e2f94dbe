"""The guidance card: where a workflow paused, why, and the ways on that a person can choose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.cards import frame, names, offers, wording
from bot.cards.around import Around
from bot.cards.blocks import (
    MESSAGE,
    Block,
    Element,
    Markup,
    escaped,
    joined,
    prose,
    rich,
    section,
    size_of,
    words,
)  # fmt: skip
from bot.cards.facts import doubts, support
from bot.cards.in_hand import in_hand
from bot.cards.moments import moment
from bot.cards.run_so_far import run_so_far
from bot.cards.text import clip, one_line, paragraphs
from bot.domain.escalation import Escalation
from bot.domain.request import Checkpoint, Option, Request

_PROSE, _STEP, _STEPS, _ALTERNATIVE, _OPTION = 2000, 200, 8, 300, 300
#: Twenty options with all their words fill a message alone; then every text gives way alike.
_SHARES = (1.0, 0.5, 0.25, 0.1)


def guidance_blocks(escalation: Escalation, around: Around) -> list[Block]:
    drawn = (_drawn(escalation, around, share) for share in _SHARES[:-1])
    fitting = (blocks for blocks in drawn if size_of(blocks) <= MESSAGE)
    return next(fitting, None) or _drawn(escalation, around, _SHARES[-1])


def _drawn(escalation: Escalation, around: Around, share: float) -> list[Block]:
    request = escalation.request
    point = request.checkpoint
    return [
        frame.headline(request.headline),
        frame.small_print(escalation, around),
        *in_hand(escalation, around),
        *frame.what_came_before(escalation, around),
        *run_so_far(escalation, around),
        *_prose(wording.THE_QUESTION, _unless_headline(request), share),
        *_prose(wording.WHY_IT_STOPPED, (point and point.pause_reason) or request.reason, share),
        *(_checkpoint(point, around, share) if point else []),
        *_described(request.options, share),
        *frame.one_line_context(doubts(escalation, around)),
        _row(escalation, share),
        *frame.one_line_context(support(escalation, around)),
    ]


def said_step(step: str | Mapping[str, Any]) -> str:
    """`verify_policy: active`; an object of another shape as it is."""
    if isinstance(step, str):
        return one_line(step)
    name, result = step.get("step"), step.get("result")
    if not isinstance(name, str):
        return said_thing(step)
    if result is None:
        return one_line(name)
    return f"{one_line(name)}: {said_thing(result)}"


def said_thing(thing: Any) -> str:
    """Words, or an object's own form on one line."""
    if isinstance(thing, str):
        return one_line(thing)
    return one_line(json.dumps(thing, ensure_ascii=False))


def when_done(step: str | Mapping[str, Any]) -> datetime | None:
    """The step's time, if it says one that can be understood."""
    written = step.get("timestamp") if isinstance(step, Mapping) else None
    if not isinstance(written, str):
        return None
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo is not None and 1970 < at.year < 9999 else None


def _unless_headline(request: Request) -> str | None:
    return request.question if request.question != request.headline else None


def _prose(label: str, text: str | None, share: float) -> list[Block]:
    return [prose(label, clip(paragraphs(text), int(_PROSE * share)))] if text else []


def _checkpoint(point: Checkpoint, around: Around, share: float) -> list[Block]:
    blocks = []
    if point.completed_steps:
        blocks.append(section(_done(point, around, share)))
    if point.remaining_steps:
        left = [clip(one_line(step), int(_STEP * share)) for step in point.remaining_steps[:_STEPS]]
        blocks.append(prose(wording.STILL_TO_DO, wording.SEPARATOR.join(left)))
    if point.agent_recommendation is not None:
        blocks += _prose(wording.IT_SUGGESTS, said_thing(point.agent_recommendation), share)
    longest = int(_ALTERNATIVE * share)
    considered = [clip(said_thing(one), longest) for one in point.alternatives_considered]
    if considered:
        shown = wording.SEPARATOR.join(considered[:_STEPS])
        blocks.append(prose(wording.IT_CONSIDERED, shown))
    return blocks


def _done(point: Checkpoint, around: Around, share: float) -> Markup:
    steps = point.completed_steps
    lines = [wording.done_so_far(len(steps) - len(steps[-_STEPS:]))]
    for step in steps[-_STEPS:]:
        at = when_done(step)
        line = wording.step_done(escaped(said_step(step), int(_STEP * share)))
        lines.append(line if at is None else wording.step_at(line, moment(at, around.now)))
    return joined("\n", lines)


def _described(options: list[Option], share: float) -> list[Block]:
    """What the options mean, where their labels do not say it all."""
    if not any(option.description or option.recommended for option in options):
        return []
    elements: list[Element] = [words(wording.YOU_CAN, bold=True)]
    for option in options:
        mark = wording.recommended(clip(one_line(option.label), 75), yes=option.recommended)
        elements.append(words(f"\n{mark}", bold=option.recommended))
        if option.description:
            elements.append(words(f": {clip(one_line(option.description), int(_OPTION * share))}"))
    return [rich(*elements)]


def _row(escalation: Escalation, share: float) -> Block:
    buttons = []
    if offers.allowed(escalation, "respond"):
        buttons = [*offers.option_buttons(escalation, share), offers.answer_button(escalation)]
    more = [wording.SHOW_EVERYTHING, names.SHOW_EVERYTHING]
    if offers.can_refuse(escalation):
        more += [wording.REJECT, names.REJECT_IT]
    return frame.row_of(escalation, buttons, *more, *offers.hands(escalation))
