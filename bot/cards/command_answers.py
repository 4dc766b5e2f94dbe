"""The plain answers to what somebody wrote behind `/pullcord`."""

from __future__ import annotations

from difflib import get_close_matches

from bot.cards import wording_command as wording
from bot.cards.around import Card
from bot.cards.blocks import SECTION, Markup, section
from bot.cards.command_list import COMMANDS
from bot.cards.text import length

# A word longer than this is compared by its beginning.
_LONGEST = 40


def sentence(text: Markup) -> Card:
    """An answer that is a few lines of text."""
    return Card(text=text, blocks=[section(text)] if length(text) <= SECTION else [])


def no_such_command(word: str) -> Card:
    """Help, with what they may have meant."""
    near = nearest(word.lower(), [one.name for one in COMMANDS])
    return sentence(wording.unknown(word[:_LONGEST], near))


def nearest(word: str, known: list[str]) -> str | None:
    """Which of these they may have meant."""
    return next(iter(get_close_matches(word[:_LONGEST], known, n=1)), None)
