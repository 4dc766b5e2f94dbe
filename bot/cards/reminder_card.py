"""A reminder: which questions are still open, until when, and the way to their cards. No buttons.

What was answered meanwhile is struck through, so that nobody follows an old one in vain.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import frame, wording, wording_routes
from bot.cards.around import Around, Card
from bot.cards.blocks import Block, context, header, link_to, plain, plain_section, rich, words
from bot.cards.facts import raised, support
from bot.cards.moments import fallback
from bot.cards.settled_card import settled_words
from bot.cards.text import clip, one_line
from bot.domain.escalation import Escalation

#: An escalation, what is around it, and where its card stands, if anywhere.
Row = tuple[Escalation, Around, str | None]

_HEADLINE = 150


def reminder_card(rows: Sequence[Row]) -> Card:
    alone = len(rows) == 1
    blocks = [] if alone else [header(wording_routes.number(len(_open(rows))))]
    for escalation, around, link in rows:
        draw = _open_row if escalation.status == "open" else _settled_row
        blocks += draw(escalation, around, link, alone=alone)
    return Card(text=_text(rows), blocks=blocks)


def minimal_reminder_card(rows: Sequence[Row]) -> Card:
    """The plainest there is, for when Slack refused the other."""
    said = [wording_routes.number(len(_open(rows))), *(_headline(row[0]) for row in rows)]
    return Card(text=_text(rows), blocks=[plain_section("\n".join(said))])


def _open(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row[0].status == "open"]


def _headline(escalation: Escalation) -> str:
    return clip(one_line(escalation.shown.headline), _HEADLINE)


def _open_row(
    escalation: Escalation, around: Around, link: str | None, *, alone: bool
) -> list[Block]:
    first = [words(wording_routes.STILL_WAITS)] if alone else []
    way = [] if link is None else [
        words(wording.SEPARATOR), link_to(link, wording.OPEN_IT)
    ]  # fmt: skip
    more = [line for line in (support(escalation, around), raised(escalation, around)) if line]
    return [
        rich(*first, words(_headline(escalation), bold=True), *way),
        frame.small_print(escalation, around),
        *(block for line in more for block in frame.one_line_context(line)),
    ]


def _settled_row(
    escalation: Escalation, around: Around, link: str | None, *, alone: bool
) -> list[Block]:
    del link, alone
    return [
        rich(words(_headline(escalation), strike=True)),
        context(plain(clip(settled_words(escalation, around), 300))),
    ]


def _text(rows: Sequence[Row]) -> str:
    still_open = _open(rows)
    if not still_open:
        return wording_routes.answered_text([_headline(row[0]) for row in rows])
    first, around, _ = min(still_open, key=lambda row: row[0].expires_at)
    by = fallback(first.expires_at, around.now, around.timezone)
    return wording_routes.reminder_text([_headline(row[0]) for row in still_open], by)
