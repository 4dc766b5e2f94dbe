"""A page of what waits: a row a question, with a link to its card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards import names, wording
from bot.cards import wording_queue as words_of
from bot.cards.around import Around, Card
from bot.cards.blocks import (
    Block,
    Element,
    actions,
    button,
    context,
    escaped,
    header,
    link_to,
    mrkdwn,
    rich,
    words,
)  # fmt: skip
from bot.cards.command_answers import sentence
from bot.cards.text import clip, one_line
from bot.cards.whereabouts import whereabouts
from bot.domain.durations import in_words
from bot.domain.escalation import Escalation

_HEADLINE, _LINE, _MARKS = 150, 250, 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows of one list; `seen` came on pages before."""

    which: str
    rows: Sequence[tuple[Escalation, Around]]
    total: int
    seen: int
    #: What the button of the next page carries.
    next: str | None
    #: How many are left out because somebody snoozed them.
    asleep: int = 0


def queue_answer(page: Page) -> Card:
    if not page.rows:
        empty = words_of.nothing(page.which, later=page.seen > 0)
        return sentence(words_of.and_asleep(empty, page.asleep))
    title = words_of.title(page.which, page.total)
    blocks: list[Block] = [header(title)]
    blocks += [
        _row(page.seen + at, escalation, around)
        for at, (escalation, around) in enumerate(page.rows, 1)
    ]
    if page.next is not None:
        turn = button(words_of.NEXT_PAGE, names.QUEUE_NEXT, page.next)
        blocks.append(actions(f"queue_{page.seen}", [turn]))
    last = page.seen + len(page.rows)
    footer = words_of.footer(page.seen + 1, last, page.total)
    blocks.append(context(mrkdwn(words_of.and_asleep(footer, page.asleep))))
    return Card(text=escaped(title), blocks=blocks)


def _row(number: int, escalation: Escalation, around: Around) -> Block:
    headline = clip(one_line(escalation.shown.headline), _HEADLINE)
    elements: list[Element] = [
        words(words_of.numbered(number, headline), bold=True),
        words("\n" + clip(facts_of(escalation, around), _LINE) + "\n"),
    ]
    marks = wording.SEPARATOR.join(whereabouts(escalation, around))
    if marks:
        elements.append(words(clip(marks, _MARKS) + "\n"))
    elements += [
        words(escalation.id, code=True),
    ]
    if escalation.permalink is not None:
        elements += [words(wording.SEPARATOR), link_to(escalation.permalink, wording.OPEN_IT)]
    return rich(*elements)


def facts_of(escalation: Escalation, around: Around) -> str:
    """How urgent, until when, since when, from whom, and where."""
    need = escalation.shown_need
    have = len(escalation.agreeing(escalation.shown_digest))
    parts = [
        wording.urgency(escalation.urgency),
        words_of.due(None if escalation.overdue(around.now)
                     else in_words(escalation.expires_at - around.now)),
        words_of.asked(in_words(around.now - escalation.created_at)),
        wording.from_agent(one_line(escalation.agent)),
        words_of.on_route(one_line(need.route)),
        wording.approvals(have, need.approvals, ()) if need.approvals > 1 else None,
        words_of.PAUSED if escalation.pause is not None else None,
    ]  # fmt: skip
    return wording.SEPARATOR.join(part for part in parts if part)
