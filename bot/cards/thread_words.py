"""What is said in the thread of a card: the call for help, the question, the agent's answer."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import wording_hands
from bot.cards.around import Card
from bot.cards.blocks import escaped, joined, plain_section, quote
from bot.cards.text import clean, clip, one_line

_NAME, _HEADLINE = 60, 200
# Slack puts all the text of a message's blocks together; this stays far below.
_WORDS = 3000


def cannot_wait(by: str, people: Sequence[str]) -> Card:
    return Card(text=wording_hands.cannot_wait(by, people), blocks=[])


def question(who: str, agent: str, text: str, about: str | None = None) -> Card:
    """What somebody asked in a form, where everybody can see it."""
    return _quoted(wording_hands.asks(_name(who), _name(agent)), text, about)


def answer(agent: str, who: str | None, text: str, about: str | None = None) -> Card:
    """What the agent says; `about` tells which question of several on one card."""
    return _quoted(wording_hands.answers(_name(agent), _name(who) if who else None), text, about)


def _quoted(title: str, text: str, about: str | None) -> Card:
    head = title
    if about is not None:
        head = f"{title}\n{wording_hands.about(clip(one_line(about), _HEADLINE))}"
    return Card(
        text=joined(" ", [escaped(title, 200), escaped(text, 2000)]),
        blocks=[plain_section(head), quote(clip(clean(text).strip(), _WORDS))],
    )


def _name(name: str) -> str:
    return clip(one_line(name), _NAME)
