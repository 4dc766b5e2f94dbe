"""The storm card: several escalations in one message, each with its own buttons.

When more is asked in a channel than it can take as single cards, this is how people see all of it
soon. A row (`question_row`) is a card made small, with a number before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import wording_storm
from bot.cards.around import Card
from bot.cards.blocks import (
    MESSAGE,
    Block,
    context,
    divider,
    header,
    plain,
    size_of,
)
from bot.cards.moments import fallback
from bot.cards.question_row import Row, minimal_row, open_row, settled_row
from bot.cards.text import clip, one_line

#: What a text of a row may count. The rows of one message give way alike, until all fit.
CAPS = (700, 500, 350, 250, 150, 80, 40)
_AGENTS, _IN_TEXT = 3, 250


def storm_card(rows: Sequence[Row]) -> Card:
    """All rows as they should look now, in the order in which they were asked."""
    drawn = (_drawn(rows, cap) for cap in CAPS)
    fitting = (blocks for blocks in drawn if size_of(blocks) <= MESSAGE)
    blocks = next(fitting, None) or minimal_storm_card(rows).blocks
    return Card(text=_text(rows), blocks=blocks)


def minimal_storm_card(rows: Sequence[Row]) -> Card:
    """The plainest there is, for when Slack refused the full one."""
    blocks = [header(_title(rows)), context(plain(wording_storm.MINIMAL_WHY))]
    for number, (escalation, around) in enumerate(rows, 1):
        blocks += minimal_row(number, escalation, around)
    return Card(text=_text(rows), blocks=blocks)


def _open(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row[0].status == "open"]


def _title(rows: Sequence[Row]) -> str:
    return wording_storm.title(len(rows), len(_open(rows)))


def _text(rows: Sequence[Row]) -> str:
    """For a phone's notification and for screen readers: who asks, and what."""
    still_open = _open(rows)
    if not still_open:
        return wording_storm.settled_text(len(rows))
    agents = list(dict.fromkeys(one_line(escalation.agent) for escalation, _ in still_open))
    lines = [
        clip(wording_storm.row(number, one_line(escalation.shown.headline)), _IN_TEXT)
        for number, (escalation, _) in enumerate(rows, 1)
        if escalation.status == "open"
    ]
    first, around = min(still_open, key=lambda row: row[0].expires_at)
    by = fallback(first.expires_at, around.now, around.timezone)
    few = [clip(agent, 60) for agent in agents[:_AGENTS]]
    return wording_storm.text(few, len(agents) - len(few), lines, by)


def _drawn(rows: Sequence[Row], cap: int) -> list[Block]:
    blocks = [header(_title(rows))]
    if _open(rows):
        blocks.append(context(plain(wording_storm.WHY_TOGETHER)))
    for number, (escalation, around) in enumerate(rows, 1):
        if number > 1:
            # Fifty blocks are enough only because nothing divides the first row from the title.
            blocks.append(divider())
        draw = open_row if escalation.status == "open" else settled_row
        blocks += draw(number, escalation, around, cap)
    return blocks
