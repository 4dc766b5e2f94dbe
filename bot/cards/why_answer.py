"""All that happened to a question: who was asked and why, each card, each vote, each callback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.cards import wording_why as wording
from bot.cards.around import Around, Card
from bot.cards.blocks import (
    SECTION,
    Block,
    Markup,
    context,
    escaped,
    joined,
    mrkdwn,
    rich,
    section,
    words,
)  # fmt: skip
from bot.cards.held import held
from bot.cards.moments import moment
from bot.cards.text import clip, length, one_line
from bot.domain.escalation import Escalation
from bot.domain.people import Actor

_HEADLINE, _MOST_LINES = 300, 30


class Entry(Protocol):
    """One entry of the journal."""

    @property
    def at(self) -> datetime: ...
    @property
    def event(self) -> str: ...
    @property
    def actor(self) -> Actor | None: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


class Message(Protocol):
    """A card of it, and how that stands."""

    @property
    def channel(self) -> str: ...
    @property
    def ts(self) -> str | None: ...
    @property
    def behind(self) -> bool: ...
    @property
    def attempts(self) -> int: ...
    @property
    def problem(self) -> str | None: ...
    @property
    def created_at(self) -> datetime: ...


class Callback(Protocol):
    """An event of it for the agent's own address."""

    @property
    def event(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def problem(self) -> str | None: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def delivered_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    escalation: Escalation
    around: Around
    entries: Sequence[Entry]
    messages: Sequence[Message]
    callbacks: Sequence[Callback]
    #: Names of the people whom its route asks today, the first few.
    asked: Sequence[str]
    more_asked: int
    #: And of those whom only its tiers ask.
    raised: Sequence[str]
    #: Programs that may vote there.
    keys: Sequence[str]
    names: Mapping[str, str]
    #: How many more questions stand at the place that was named.
    others: int = 0


def why_answer(story: Story) -> Card:
    escalation = story.escalation
    headline = clip(one_line(escalation.shown.headline), _HEADLINE)
    need = escalation.shown_need
    asked = wording.asked(need.route, need.approvals, story.asked, story.more_asked, story.keys)
    if story.raised:
        asked = joined(" ", [asked, wording.asked_by_tiers(story.raised)])
    blocks: list[Block] = [
        rich(words(headline, bold=True), words("\n"), words(escalation.id, code=True)),
        section(joined("\n", [wording.because(escalation.rule, escalation.why), asked])),
        *(held(escalation, story.around) if escalation.status == "open" else []),
        *_sections(_lines(story)),
    ]
    if story.others:
        blocks.append(context(mrkdwn(wording.others(story.others))))
    return Card(text=escaped(wording.title(headline)), blocks=blocks)


def _lines(story: Story) -> list[Markup]:
    """In the order of time; of a very long story the beginning and the end."""
    now = story.around.now
    timed: list[tuple[datetime, Markup]] = [
        (one.at, wording.happened(one.event, _who(one, story), one.data, now))
        for one in story.entries
    ]
    if story.escalation.digest is not None and story.escalation.digest_due is not None:
        promised = moment(story.escalation.digest_due, now)
        waits = wording.can_wait(story.escalation.digest, promised)
        timed.append((story.escalation.created_at, waits))
    timed += [
        (one.created_at, wording.card_waits(one.channel, one.attempts, one.problem))
        for one in story.messages
        if one.behind and one.ts is None
    ]
    timed += [
        (
            one.delivered_at or one.created_at,
            wording.callback(one.event, one.host, one.state, one.attempts, one.problem),
        )
        for one in story.callbacks
    ]
    timed.sort(key=lambda one: one[0])
    lines = [joined("  ", [moment(at, now), said]) for at, said in timed]
    if len(lines) > _MOST_LINES:
        half = _MOST_LINES // 2
        between = wording.left_out(len(lines) - 2 * half)
        lines = [*lines[:half], between, *lines[-half:]]
    if story.escalation.status == "open":
        lines.append(wording.still_open(moment(story.escalation.expires_at, now)))
    return lines


def _who(entry: Entry, story: Story) -> str | None:
    if entry.actor is None or entry.actor.type == "timeout":
        return None
    return story.names.get(entry.actor.id) or entry.actor.display_name or entry.actor.id


def _sections(lines: Sequence[Markup]) -> list[Block]:
    """As few as hold them all."""
    blocks: list[Block] = []
    held: list[Markup] = []
    for line in lines:
        if held and length("\n".join([*held, line])) > SECTION:
            blocks.append(section(joined("\n", held)))
            held = []
        held.append(line)
    return [*blocks, section(joined("\n", held))]
