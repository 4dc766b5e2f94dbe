"""A short look at the house: what is well, what is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cards import wording_checkup as wording
from bot.cards.around import Card
from bot.cards.blocks import Markup, context, joined, mrkdwn, section
from bot.domain.directory import STALE_AFTER
from bot.domain.durations import in_words

if TYPE_CHECKING:
    from bot.domain.findings import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What this process sees of itself, and what the tables say."""

    now: datetime
    #: Part → `ok`, or what is wrong: as /readyz has it.
    parts: Mapping[str, str]
    #: What the auditor finds, and for how long.
    findings: Sequence[tuple[Kind, timedelta]]
    #: Since when Slack has told nothing of anybody; None: it never has.
    heard_of_people: timedelta | None
    behind: int
    callbacks: int
    dead: int
    paused: int


def checkup_answer(found: Checkup, *, details: bool) -> Card:
    """`details`: with the reasons, which are for admins."""
    lines = [
        wording.part(name, state if details or state == "ok" else None)
        for name, state in found.parts.items()
    ]
    heard = found.heard_of_people
    lines += [
        wording.people(None if heard is None else in_words(heard),
                       well=heard is not None and heard <= STALE_AFTER),
        wording.cards(found.behind),
        wording.callbacks(found.callbacks, found.dead),
    ]  # fmt: skip
    if found.findings:
        lines += [wording.finding(kind, in_words(since)) for kind, since in found.findings]
    else:
        lines.append(Markup(wording.NOTHING_FOUND))
    if found.paused:
        lines.append(wording.paused(found.paused))
    well = all(not line.startswith(wording.WRONG) for line in lines)
    title = Markup(wording.WELL if well else wording.NOT_WELL)
    return Card(
        text=title,
        blocks=[
            section(title),
            section(joined("\n", lines)),
            context(mrkdwn(Markup(wording.ON_THE_MACHINE))),
        ],
    )
