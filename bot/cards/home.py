"""The Home tab: what waits for one person, what they took, their team's queue, and their settings.

The first rows are decided in their place; the team's lead to all of a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.cards import names, offers, wording_settings
from bot.cards import wording_home as words_of
from bot.cards.blocks import (
    MESSAGE,
    Block,
    Markup,
    actions,
    button,
    confirm,
    context,
    divider,
    escaped,
    header,
    joined,
    mrkdwn,
    plain,
    section,
    size_of,
)  # fmt: skip
from bot.cards.home_filter import filter_row
from bot.cards.question_row import Row, open_row
from bot.cards.queue_answer import facts_of
from bot.cards.storm_card import CAPS
from bot.cards.text import one_line
from bot.cards.whereabouts import whereabouts
from bot.domain.durations import in_words
from bot.domain.pause import Pause
from bot.domain.person_settings import PersonSettings, QueueFilter

# Slack takes a hundred blocks: a row that is decided has up to five with the line above it.
MOST_WAITING, MOST_TAKEN, MOST_TEAM, MOST_PAUSED = 8, 4, 8, 6
_HEADLINE, _FACTS, _MARKS = 120, 200, 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """What is open on all routes that somebody sees, as far as their filter lets it through."""

    rows: Sequence[Row]
    total: int
    #: So many of them stand above, and not again here.
    above: int
    filter: QueueFilter
    routes: Sequence[str]
    categories: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    now: datetime
    waiting: Sequence[Row]
    more_waiting: bool
    #: How many are left out because somebody snoozed them.
    asleep: int
    taken: Sequence[Row]
    more_taken: bool
    team: Team
    #: Whether any route ever asks them.
    reviews: bool
    #: How many answers they gave lately, and within which time half of them came.
    answers: int
    median: timedelta | None
    paused: Sequence[Pause]
    admin: bool
    settings: PersonSettings
    #: Where Slack says that they are.
    zone: str


def home_view(home: Home) -> dict[str, Any]:
    """Texts of the rows give way alike until all fit."""
    drawn = (_drawn(home, cap) for cap in CAPS)
    fitting = (blocks for blocks in drawn if size_of(blocks) <= MESSAGE)
    return {"type": "home", "blocks": next(fitting, None) or _drawn(home, CAPS[-1])}


def stranger_view() -> dict[str, Any]:
    """For people whom the policy does not name."""
    blocks = [header(words_of.WAITING), context(plain(words_of.STRANGER))]
    return {"type": "home", "blocks": blocks}


def _drawn(home: Home, cap: int) -> list[Block]:
    return [
        *_waiting(home, cap),
        *_taken(home, cap),
        divider(),
        *_team(home.team, cap),
        divider(),
        section(_answer_time(home)),
        *_paused(home),
        divider(),
        *_settings(home),
    ]


def _waiting(home: Home, cap: int) -> list[Block]:
    blocks = [header(words_of.WAITING), *_rows(home.waiting[:MOST_WAITING], cap)]
    if not home.waiting:
        empty = words_of.nothing(reviews=home.reviews, took=bool(home.taken), asleep=home.asleep)
        return [*blocks, context(plain(empty))]
    if home.more_waiting or len(home.waiting) > MOST_WAITING:
        blocks.append(context(mrkdwn(words_of.MORE_WAITING)))
    if home.asleep:
        blocks.append(context(plain(words_of.sleeping(home.asleep))))
    return blocks


def _taken(home: Home, cap: int) -> list[Block]:
    if not home.taken:
        return []
    blocks = [divider(), header(words_of.YOU_TOOK), *_rows(home.taken[:MOST_TAKEN], cap)]
    if home.more_taken or len(home.taken) > MOST_TAKEN:
        blocks.append(context(mrkdwn(words_of.MORE_TAKEN)))
    return blocks


def _team(team: Team, cap: int) -> list[Block]:
    rows = team.rows[:MOST_TEAM]
    filtered = team.filter != QueueFilter()
    total = words_of.team_total(team.total, len(rows), team.above, filtered=filtered)
    blocks: list[Block] = [header(words_of.TEAM)]
    if team.total or filtered:
        blocks.append(filter_row(team.filter, team.routes, team.categories))
    return [*blocks, *(_line(row, cap) for row in rows), context(mrkdwn(total))]


def _line(row: Row, cap: int) -> Block:
    """One of the team's: what it is, how it stands, and the way to all of it."""
    escalation, around = row
    headline = escaped(one_line(escalation.shown.headline), min(cap, _HEADLINE))
    lines = [Markup(f"*{headline}*"), escaped(facts_of(escalation, around), min(2 * cap, _FACTS))]
    marks = " · ".join(whereabouts(escalation, around))
    if marks:
        lines.append(escaped(marks, min(2 * cap, _MARKS)))
    opens = offers.details_button(escalation, words_of.OPEN)
    return {**section(joined("\n", lines)), "accessory": opens}


def _answer_time(home: Home) -> Markup:
    enough = home.median is not None and home.answers >= words_of.ENOUGH
    half = in_words(home.median) if home.median is not None and enough else None
    return words_of.answer_time(half, home.answers)


def _paused(home: Home) -> list[Block]:
    """Nothing where no agent is stopped."""
    if not home.paused:
        return []
    shown = home.paused[:MOST_PAUSED]
    blocks = [header(words_of.PAUSED), *(_stopped(one, home) for one in shown)]
    more = len(home.paused) - len(shown)
    return [*blocks, context(mrkdwn(words_of.more_paused(more)))] if more else blocks


def _stopped(pause: Pause, home: Home) -> Block:
    line = section(words_of.paused(pause, home.now))
    if not home.admin:
        return line
    again = confirm(
        words_of.RESUME_TITLE, words_of.resume_text(pause.agent), words_of.RESUME,
        words_of.RESUME_NO,
    )  # fmt: skip
    resume = button(words_of.RESUME, names.RESUME, pause.agent, confirm=again)
    return {**line, "accessory": resume}


def _settings(home: Home) -> list[Block]:
    settings, hours = home.settings, home.settings.hours
    away = settings.away_until if settings.away_until and settings.away_until > home.now else None
    lines = [
        wording_settings.HERE if away is None else wording_settings.away_until(away, home.now),
        wording_settings.NO_HOURS if hours is None else wording_settings.works(hours, home.zone),
    ]
    buttons = [button(wording_settings.OPEN, names.SETTINGS, "open")]
    if away is not None:
        buttons.insert(0, button(wording_settings.BACK, names.COME_BACK, "back"))
    return [
        header(wording_settings.TITLE),
        section(joined("\n", lines)),
        actions("settings", buttons),
    ]


def _rows(rows: Sequence[Row], cap: int) -> list[Block]:
    blocks: list[Block] = []
    for number, (escalation, around) in enumerate(rows, 1):
        if number > 1:
            blocks.append(divider())
        blocks += open_row(number, escalation, around, cap)
    return blocks
