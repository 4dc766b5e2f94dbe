"""Finds the answer to what somebody wrote behind `/pullcord`."""

from __future__ import annotations

from difflib import get_close_matches

from bot.cards import wording_command as wording
from bot.cards.blocks import Markup
from bot.cards.text import one_line

# Known so that a person who read of them is not told that they mistyped.
_LATER = (
    "status", "queue", "show", "why", "who", "oncall", "take", "release", "snooze", "assign",
    "escalate", "away", "pause", "resume", "stats", "digest", "dead", "replay", "doctor",
)  # fmt: skip
# A word longer than this is compared by its beginning.
_LONGEST = 40


def answer(text: str) -> Markup:
    """Help, or why there is none for this word, with help."""
    word = (one_line(text).split() or ["help"])[0]
    known = word.lower()
    if known == "help":
        return wording.HELP
    if known in _LATER:
        return wording.later(known)
    near = get_close_matches(known[:_LONGEST], ["help", *_LATER], n=1)
    return wording.unknown(word[:_LONGEST], near[0] if near else None)
