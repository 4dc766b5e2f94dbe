"""Not now: nobody is reminded of it for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

from bot.cards import direct_words, wording_hands
from bot.domain.errors import Fault, InvalidError
from bot.domain.outgoing import Direct
from bot.domain.snoozing import next_morning
from bot.store import outbox, timers
from bot.usecases.arrange import Arranging, arrange
from bot.usecases.end_of_time import CLOCK
from bot.usecases.settling import keep

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.authority import Voter
    from bot.usecases.desk import Desk

#: For how long, until the next 09:00 where the person is, or until a moment.
When = timedelta | Literal["morning"] | datetime


async def snooze(desk: Desk, escalation_id: str, voter: Voter, when: When) -> Escalation:
    """No reminders until then; who snoozed it is reminded at that moment.

    Raises InvalidError for a moment that is over, or after the deadline; and as `arrange` does.
    """
    return await arrange(desk, escalation_id, voter, partial(change, when=when))


def change(of: Arranging, when: When) -> Escalation:
    """The verb without its transaction, for a form that does several at once."""
    until = _until(of, when)
    ends = of.found.expires_at
    if until <= of.tx.now():
        raise _wrong(wording_hands.SNOOZE_OVER)
    if until >= ends:
        raise _wrong(wording_hands.snooze_too_late(ends, of.tx.now(), zone_of(of)))
    after = of.found.snooze(of.actor, until)
    timers.move(of.tx, after.id, "wake", until)
    if after.hands.taken is None:
        timers.drop(of.tx, after.id, "release")
    return keep(of.tx, of.found, after, "escalation.snoozed", of.actor, until=until.isoformat())


def zone_of(of: Arranging) -> str:
    """Where the person is, as Slack says; else what the policy says for everybody."""
    known = of.directory.people.get(of.actor.id)
    return (known.tz if known else None) or of.book.timezone


def wake(tx: Tx, book: Book, found: Escalation) -> None:  # noqa: ARG001
    """The snooze is over: the card says so no longer, and who snoozed it is reminded."""
    timers.drop(tx, found.id, "wake")
    after = found.let_go(tx.now())
    snoozed = found.hands.snoozed
    if after.snoozed_until is not None:
        # Somebody has made it longer since the timer was found due.
        timers.move(tx, found.id, "wake", after.snoozed_until)
    elif snoozed is not None:
        outbox.owe(tx, Direct(user=snoozed.by.id, text=direct_words.woken(after, tx.now())))
    keep(tx, found, after, "escalation.woken", CLOCK)


def _until(of: Arranging, when: When) -> datetime:
    if isinstance(when, timedelta):
        return of.tx.now() + when
    if isinstance(when, datetime):
        return when
    return next_morning(of.tx.now(), zone_of(of))


def _wrong(sentence: str) -> InvalidError:
    return InvalidError(sentence, [Fault("/until", sentence)])
