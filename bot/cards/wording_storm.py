"""Every sentence of a storm card that is not on a card of one escalation as well."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.blocks import Markup, escaped, joined, said
from bot.cards.wording import ended

WHY_TOGETHER = (
    "So much is asked here at the moment that questions share a message. Each is answered by "
    "itself, and urgent ones still have a card of their own."
)
MINIMAL_WHY = (
    "Slack refused the full card. Read each question, and answer it, under “Show everything”."
)


def title(rows: int, still_open: int) -> str:
    asked = f"{rows} questions"
    if still_open == rows:
        return f"{asked} wait for an answer"
    return f"{asked} · {still_open} still open" if still_open else f"{asked} · all settled"


def row(number: int, headline: str) -> str:
    return f"{number}. {headline}"


def beside(line: str) -> str:
    """What follows other small print; Slack puts nothing between the two."""
    return f"· {line}"


def options(labels: Sequence[str]) -> str:
    return " · ".join(labels)


def text(agents: Sequence[str], more: int, rows: Sequence[str], by: str) -> Markup:
    """What a phone shows and a screen reader reads: who asks, and every question."""
    who = f"{', '.join(agents)} and {more} more" if more else ", ".join(agents)
    asks = said("{who} ask:" if len(agents) > 1 else "{who} asks:", who=who)
    due = said("The first answer is due by {by}.", by=by)
    return joined(" ", [asks, *(ended(escaped(row, 300)) for row in rows), due])


def settled_text(rows: int) -> Markup:
    return said("{rows} questions, all settled.", rows=rows)
