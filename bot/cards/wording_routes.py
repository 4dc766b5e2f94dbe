"""What is said while nobody answers: reminders, and who is asked besides."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.blocks import Markup, escaped, joined, said
from bot.cards.wording import ended
from bot.domain.request import Urgency

_URGENT: dict[Urgency, str] = {"high": "it is urgent now", "critical": "it is most urgent now"}

STILL_WAITS = "⏰ Still waits for an answer: "


def raised(after: str, groups: Sequence[str], urgency: Urgency | None) -> str:
    """On a card whose tier has come: since when, who else, and how urgent."""
    noun = "group" if len(groups) == 1 else "groups"
    parts = [f"the {noun} {_listed(groups)} may answer as well"] if groups else []
    if urgency in _URGENT:
        parts.append(_URGENT[urgency])
    so = " and ".join(parts) or "it is shown in another channel as well"
    return f"⬆️ Nobody had answered after {after}, so {so}"


def _listed(names: Sequence[str]) -> str:
    *most, last = (f"“{name}”" for name in names)
    return f"{', '.join(most)} and {last}" if most else last


def number(count: int) -> str:
    if count == 1:
        return "⏰ One question still waits for an answer"
    return f"⏰ {count} questions still wait" if count else "All of these are answered"


def reminder_text(headlines: Sequence[str], by: str) -> Markup:
    """What a phone shows and a screen reader reads."""
    first = Markup("Still waits for an answer:")
    due = said("Answer by {by}.", by=by)
    return joined(" ", [first, *(ended(escaped(one, 300)) for one in headlines), due])


def answered_text(headlines: Sequence[str]) -> Markup:
    return joined(" ", [Markup("No longer waits:"), *(ended(escaped(o, 300)) for o in headlines)])
