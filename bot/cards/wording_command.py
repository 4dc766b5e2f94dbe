"""What `/pullcord` answers, privately."""

from __future__ import annotations

from bot.cards.blocks import Markup, joined, said
from bot.cards.wording import APPROVE, MODIFY, REJECT, SHOW_EVERYTHING

HELP = Markup(
    "*Pullcord* puts the questions of your AI agents on cards, in the channels that its policy "
    "names. The reviewers named there answer on the card, and the agent goes on.\n"
    f"• *{APPROVE}*: the agent runs exactly what the card shows.\n"
    f"• *{MODIFY}*: change it first; the agent runs what you wrote.\n"
    f"• *{REJECT}*: nothing runs, and the agent reads your reason.\n"
    f"• *{SHOW_EVERYTHING}*: every value, whole.\n"
    "`/pullcord help` shows this again. Other commands come with a later release."
)


def later(command: str) -> Markup:
    return joined("\n", [Markup(f"`/pullcord {command}` comes with a later release."), HELP])


def unknown(word: str, near: str | None) -> Markup:
    """`near` is one of our own words."""
    sentence = said("There is no command “{word}”.", word=word)
    if near is not None:
        sentence = joined(" ", [sentence, Markup(f"Did you mean `/pullcord {near}`?")])
    return joined("\n", [sentence, HELP])
