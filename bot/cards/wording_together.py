"""What `/pullcord take`, `release`, `snooze`, `assign` and `escalate` say of each question."""

from __future__ import annotations

from datetime import datetime

from bot.cards.blocks import Markup, escaped, joined, said
from bot.cards.moments import moment
from bot.cards.wording_hands import OPEN_CARD
from bot.cards.wording_whispers import without_click
from bot.domain.escalation import Escalation

LET_GO = Markup("✅ You no longer look at it.")
NOT_YOURS = Markup("You did not look at it, and were not the one named; nothing changed.")
NEXT_ASKED = Markup("🔔 The next people are asked now.")
URGENT = Markup("🔔 It is urgent now, and people are called into its thread.")
WHOM = Markup("Whom? Write `@` and choose one person, or write `me`.")
_HEADLINE = 150


def taken(until: datetime, now: datetime) -> Markup:
    return joined("", [Markup("👀 You look at it until "), moment(until, now), Markup(".")])


def snoozed(until: datetime, now: datetime) -> Markup:
    return joined(
        "", [Markup("💤 Nobody is reminded until "), moment(until, now), Markup(".")],
    )  # fmt: skip


def assigned(name: str, hint: str | None = None) -> Markup:
    """The hint: perhaps they are not there."""
    done = said("👉 Assigned to {name}.", name=name)
    return done if hint is None else joined(" ", [done, said("{hint}", hint=hint)])


def refused(why: Markup) -> Markup:
    return joined("", [Markup("⚠️ Not done: "), without_click(why)])


def nobody_called(name: str) -> Markup:
    return joined(" ", [said("I know nobody of the policy called “{name}”.", name=name), WHOM])


def several_called(name: str) -> Markup:
    return joined(" ", [said("More than one person is called “{name}”.", name=name), WHOM])


def line(escalation: Escalation, became: Markup) -> Markup:
    """One question, with its id and the way to its card."""
    where = [Markup(f"`{escaped(escalation.id)}`")]
    if escalation.permalink is not None:
        where.append(Markup(f"<{escaped(escalation.permalink)}|{OPEN_CARD}>"))
    headline = escaped(escalation.shown.headline, _HEADLINE)
    return joined("\n", [joined("", [Markup("*"), headline, Markup("*")]), became,
                         joined(" · ", where)])  # fmt: skip
