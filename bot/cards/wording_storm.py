"""Every sentence of a storm card that is not on a card of one escalation as well."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.blocks import Markup, escaped, joined, said

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


def text(agents: Sequence[str], more: int, rows: Sequence[str], by: str | None) -> Markup:
    """What a phone shows and a screen reader reads: who asks, and every question."""
    others = f" and {more} more" if more else ""
    who = said("{agents}{others}", agents=", ".join(agents), others=others)
    parts = [who, Markup(" ask:" if len(agents) + more > 1 else " asks:")]
    lines = joined(" ", [escaped(row, 300) for row in rows])
    due = [said(" The first answer is due by {by}.", by=by)] if by else []
    return joined("", [*parts, Markup(" "), lines, *due])


def settled_text(rows: int) -> Markup:
    return said("{rows} questions, all settled.", rows=rows)
