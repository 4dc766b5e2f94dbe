"""Questions as they stand now, with the way to all of it and to their cards."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import frame, offers, wording
from bot.cards.around import Around, Card
from bot.cards.blocks import (
    Block,
    Element,
    Markup,
    actions,
    divider,
    escaped,
    link_to,
    rich,
    section,
    words,
)  # fmt: skip
from bot.cards.command_answers import sentence
from bot.cards.facts import support
from bot.cards.held import held
from bot.cards.settled_card import settled_words
from bot.cards.text import clip, one_line
from bot.domain.escalation import Escalation

_HEADLINE, _WHY, _SETTLED = 300, 500, 500


def show_answer(pairs: Sequence[tuple[Escalation, Around]], note: Markup | None) -> Card:
    """`note` says what was not found."""
    if not pairs:
        return sentence(note or Markup(""))
    blocks: list[Block] = []
    for escalation, around in pairs:
        blocks += [*([divider()] if blocks else []), *_one(escalation, around)]
    if note is not None:
        blocks.append(section(note))
    text = wording.SEPARATOR.join(one_line(one.shown.headline) for one, _ in pairs)
    return Card(text=escaped(text), blocks=blocks)


def _one(escalation: Escalation, around: Around) -> list[Block]:
    headline = clip(one_line(escalation.shown.headline), _HEADLINE)
    where: list[Element] = [words(escalation.id, code=True)]
    if escalation.permalink is not None:
        where += [words(wording.SEPARATOR), link_to(escalation.permalink, wording.OPEN_IT)]
    if escalation.status != "open":
        became = clip(settled_words(escalation, around), _SETTLED)
        return [rich(words(headline, bold=True), words(f"\n{became}\n"), *where), _more(escalation)]
    label, because = wording.because(escalation.shown)
    reason = f"\n{label} {clip(one_line(because), _WHY)}" if because else ""
    return [
        rich(words(headline, bold=True), words(f"{reason}\n"), *where),
        *frame.pause(escalation, around),
        frame.small_print(escalation, around),
        *held(escalation, around),
        *frame.one_line_context(support(escalation, around)),
        _more(escalation),
    ]


def _more(escalation: Escalation) -> Block:
    """Everything is read there, and decided where nothing is out of view."""
    return actions(frame.actions_id(escalation), [offers.details_button(escalation)])
