"""What `/pullcord findings` says: several in rows, or one with all that is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.cards import wording_review_findings as wording
from bot.cards.around import Card
from bot.cards.blocks import Block, Markup, context, mrkdwn, plain, quote, section
from bot.cards.finding_rows import finding_lines, finding_rows, name_of
from bot.cards.text import clip, paragraphs
from bot.domain.people import Actor
from bot.domain.review import Verdict
from bot.domain.review_finding import ReviewFinding

#: As many as a screen has room for.
ROWS = 8
_CORRECTIONS, _CORRECTION, _MOST_NAMES = 3, 600, 5


class Error(Protocol):
    """One of its errors, and whether a second reviewer said the same."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def second(self) -> tuple[Actor, bool] | None: ...


def findings_answer(found: Sequence[ReviewFinding], now: datetime) -> Card:
    """At least one; the first few of them."""
    shown = found[:ROWS]
    title = wording.title(len(found), len(shown))
    blocks: list[Block] = [section(title)]
    for one in shown:
        rows = finding_rows(one, now)
        blocks += [rows[0], context(mrkdwn(wording.by_id(one.id))), *rows[1:]]
    blocks.append(context(mrkdwn(wording.footer())))
    return Card(text=title, blocks=blocks)


def finding_answer(
    one: ReviewFinding, errors: Sequence[Error], counted: Sequence[Markup], now: datetime
) -> Card:
    """`counted`: what became of its errors since, as far as that was counted."""
    first, *pressed = finding_rows(one, now)
    blocks: list[Block] = [first]
    said = [*_seconds(errors), *counted]
    blocks += [context(mrkdwn(line)) for line in said]
    corrections = [text for error in errors if (text := error.verdict.correction)]
    if corrections:
        blocks.append(context(plain(wording.CORRECTIONS)))
        blocks += [
            quote(clip(paragraphs(text), _CORRECTION)) for text in corrections[:_CORRECTIONS]
        ]
    blocks += [*pressed, context(mrkdwn(wording.by_id(one.id)))]
    return Card(text=finding_lines(one, now)[0], blocks=blocks)


def _seconds(errors: Sequence[Error]) -> list[Markup]:
    looked = [error.second for error in errors if error.second is not None]
    names = dict.fromkeys(name_of(actor) for actor, wrong in looked if wrong)
    doubted = sum(not wrong for _, wrong in looked)
    line = wording.confirmed([*names][:_MOST_NAMES], doubted)
    return [line] if line else []
