"""Why a learned boundary holds a case, in three lines that can be checked and contradicted."""

from __future__ import annotations

from bot.cards import names, offers, wording, wording_boundaries
from bot.cards.around import Around
from bot.cards.blocks import Block, Element, actions, button, context, link_to, plain, rich, words
from bot.cards.moments import day
from bot.cards.text import clip, one_line
from bot.domain.boundary import Override
from bot.domain.escalation import Escalation

_REASON, _NAME, _LINE = 120, 40, 300


def boundary_lines(escalation: Escalation, around: Around) -> list[Block]:
    seen = around.boundary
    if seen is None:
        return []
    held = seen.held
    first = wording_boundaries.held(held.p, held.usual, by_rule=held.by_rule)
    because = wording_boundaries.because(held.because)
    if held.by_rule:
        because = wording_boundaries.BY_RULE
    lines: list[Element] = [words(first, bold=True)]
    if because:
        lines.append(words("\n" + clip(one_line(because), _LINE)))
    if seen.unlike:
        return [rich(*lines), context(plain(wording_boundaries.UNLIKE))]
    if not seen.overrides:
        return [rich(*lines)]
    lines.append(words("\n" + wording_boundaries.SIMILAR_TO))
    for at, one in enumerate(seen.overrides):
        lines += [*([words(" and ")] if at else []), *_named(one, around, first=not at)]
    return [rich(*lines), _button(escalation)]


def _named(one: Override, around: Around, *, first: bool) -> list[Element]:
    told = wording_boundaries.AN_OVERRIDE if first else wording_boundaries.ANOTHER
    if one.who is not None and one.at is not None:
        who = clip(one_line(around.name_of(one.who)), _NAME)
        why = clip(one_line(one.why), _REASON) if one.why else None
        told += " " + wording_boundaries.by_whom(who, day(one.at, around.timezone), why)
    if one.permalink is None:
        # No card to open, but `show` knows it.
        return [words(f"{told} {one.id}")]
    return [words(f"{told} "), link_to(one.permalink, wording.OPEN_IT)]


def _button(escalation: Escalation) -> Block:
    value = offers.shown_value(escalation)
    unlike = button(wording_boundaries.NOT_SIMILAR, names.NOT_SIMILAR, value)
    return actions(f"{names.NOT_SIMILAR}_{escalation.id}_{escalation.version}", [unlike])
