"""Nobody has answered yet: those who are asked are reminded, and others are asked besides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.request import URGENCIES, more_urgent
from bot.policy import steps
from bot.store import escalations, journal, messages, reminders, timers
from bot.usecases.end_of_time import CLOCK
from bot.usecases.settling import keep

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.escalation import Escalation
    from bot.policy.book import Book, Route, Tier
    from bot.store.tx import Tx


def remind(tx: Tx, book: Book, found: Escalation) -> None:
    """Once for all the moments that have passed, such as those of a quiet night."""
    route = book.route(found.need.route)
    later = found.snoozed_until or _held_until(tx, book, route, found)
    if later is None:
        due = steps.passed(route.remind_after, found.asked_at, tx.now())
        if due > found.reminded:
            found = _reminded(tx, found, due)
        later = steps.after(route.remind_after, found.asked_at, found.reminded)
    _move(tx, found, "remind", later)


def reach_tier(tx: Tx, book: Book, found: Escalation) -> None:
    """The next tier of the route, or all whose time has come."""
    route = book.route(found.need.route)
    later = _held_until(tx, book, route, found)
    if later is None:
        lengths = steps.tier_lengths(route)
        due = steps.passed(lengths, found.asked_at, tx.now())
        if due > found.tier:
            found = raise_to(tx, found, route.tiers[found.tier : due])
        later = steps.after(lengths, found.asked_at, found.tier)
    _move(tx, found, "tier", later)


def _held_until(tx: Tx, book: Book, route: Route, found: Escalation) -> datetime | None:
    """Until when nobody is to be disturbed for it; None: now is as good as any time.

    A snooze holds back reminders only: others may still be asked.
    """
    if found.intent is not None:
        return found.intent.until
    return steps.quiet_until(book, route, found.urgency, tx.now())


def _move(tx: Tx, found: Escalation, step: steps.Step, at: datetime | None) -> None:
    """The deadline settles what comes after it."""
    if at is None or at >= found.expires_at:
        timers.drop(tx, found.id, step)
    else:
        timers.move(tx, found.id, step, at)


def _reminded(tx: Tx, found: Escalation, due: int) -> Escalation:
    """No part of what its agent can read has changed, so its version stays."""
    after = replace(found, reminded=due)
    escalations.save(tx, found, after)
    channels = reminders.owe(tx, found.id, priority=URGENCIES.index(found.urgency))
    journal.note(tx, found.id, "escalation.reminded", CLOCK, number=due, channels=channels)
    return after


def raise_to(tx: Tx, found: Escalation, tiers: tuple[Tier, ...]) -> Escalation:
    """Votes and deadline stay."""
    urgency = found.urgency
    for tier in tiers:
        urgency = more_urgent(urgency, tier.urgency or urgency)
    after = replace(found, tier=found.tier + len(tiers), urgency=urgency, version=found.version + 1)
    priority = URGENCIES.index(urgency)
    taken = messages.channels(tx, found.id)
    wanted = [tier.channel for tier in tiers if tier.channel is not None]
    new = [channel for channel in dict.fromkeys(wanted) if channel not in taken]
    for channel in new:
        messages.owe(tx, found.id, channel=channel, priority=priority)
    if not new:
        # Where the card stands already, a change of it alone would be seen by nobody.
        reminders.owe(tx, found.id, priority=priority)
    messages.hurry(tx, found.id, priority)
    asked = [group for tier in tiers for group in tier.reviewers]
    return keep(
        tx,
        found,
        after,
        "escalation.raised",
        CLOCK,
        tier=after.tier,
        channels=new,
        reviewers=asked,
        urgency=urgency,
    )
