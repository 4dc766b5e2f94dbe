"""Callbacks that were given up, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.cards import wording_letters as wording
from bot.cards.around import Card
from bot.cards.blocks import Markup, context, escaped, header, mrkdwn, rich, words
from bot.cards.command_answers import sentence
from bot.cards.text import clip, one_line
from bot.domain.durations import in_words


class Letter(Protocol):
    """What is told of a callback that was given up."""

    @property
    def id(self) -> str: ...
    @property
    def escalation_id(self) -> str: ...
    @property
    def agent(self) -> str: ...
    @property
    def event(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def problem(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...


def letters_answer(letters: Sequence[Letter], count: int, now: datetime) -> Card:
    if not letters:
        return sentence(Markup(wording.NONE_DEAD))
    title = wording.title(count, len(letters))
    rows = []
    for one in letters:
        what = clip(one_line(wording.letter(one.event, one.agent, one.host)), 200)
        how = wording.tried(in_words(now - one.created_at), one.attempts, one_line(one.problem))
        rows.append(
            rich(
                words(what, bold=True),
                words(f"\n{clip(how, 250)}\n"),
                words(one.id, code=True),
                words("  "),
                words(one.escalation_id, code=True),
            )
        )
    return Card(
        text=escaped(title),
        blocks=[header(title), *rows, context(mrkdwn(Markup(wording.HOW_TO_REPLAY)))],
    )
