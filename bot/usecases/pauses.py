"""The circuit breaker: an agent is stopped for a while, and let go on.

Its questions stay open and its deadlines run; it asks nothing new, and nothing may be run for it.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cards import wording_pause
from bot.domain.outgoing import Alert
from bot.domain.pause import Pause
from bot.domain.people import Actor
from bot.store import escalations, journal, limits, messages, outbox, pauses

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

#: A pause acts everywhere within a second, as the revocation of a key does.
LASTS_SECONDS = 1.0
#: So many cards are told at once, and no more while as many wait to be drawn: at Slack's pace ten
#: thousand take hours, and a decision must not wait behind them.
_AT_ONCE = 50
_MOST = 10_000
_CLOCK = Actor(type="timeout", id="pause", display_name=None, authenticated_by="clock", via="timer")


class Pauses:
    """Who is paused, as this process knows it: at most a second old.

    One reading a second serves every question of every agent.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until = float("-inf")
        self._known: Mapping[str, Pause] = {}

    def of(self, tx: Tx, agent: str) -> Pause | None:
        """The agent's pause, if it is paused now."""
        # Counted from before the question: a pause that the answer missed came later.
        asked = self._monotonic()
        if asked >= self._until:
            self._known = {one.agent: one for one in pauses.every(tx)}
            self._until = asked + LASTS_SECONDS
        found = self._known.get(agent)
        return None if found is None or found.over(tx.now()) else found

    def forget(self) -> None:
        """This process has just changed something: it acts here at once."""
        self._until = float("-inf")


async def pause(desk: Desk, agent: str, length: timedelta | None, by: Actor) -> tuple[Pause, int]:
    """The pause, and how many questions of the agent are open (no more than ten thousand are
    counted). An earlier pause of it ends with this one.
    """
    done = await desk.ledger.run(_pause, agent, length, by)
    desk.pauses.forget()
    return done


def _pause(tx: Tx, agent: str, length: timedelta | None, by: Actor) -> tuple[Pause, int]:
    now = tx.now()
    made = Pause(agent=agent, since=now, until=None if length is None else now + length, by=by)
    pauses.put(tx, made)
    until = None if made.until is None else made.until.isoformat()
    journal.note(tx, None, "agent.paused", by, agent=agent, until=until)
    outbox.owe(tx, Alert(text=wording_pause.paused_alert(made, now)))
    return made, limits.open_of(tx, agent, _MOST)


async def resume(desk: Desk, agent: str, by: Actor) -> bool:
    """False when it was not paused."""
    done = await desk.ledger.run(_resume, agent, by)
    desk.pauses.forget()
    return done


def _resume(tx: Tx, agent: str, by: Actor) -> bool:
    if pauses.of(tx, agent) is None:
        return False
    pauses.end(tx, agent)
    journal.note(tx, None, "agent.resumed", by, agent=agent)
    outbox.owe(tx, Alert(text=wording_pause.resumed_alert(agent, by)))
    return True


async def tell_cards(desk: Desk) -> None:
    """End what has run out, and have cards drawn that do not say yet how it stands.

    In small steps, each its own transaction, and never faster than cards are drawn.
    """
    if not await desk.ledger.read(pauses.anything_to_tell):
        return
    while await desk.ledger.run_behind(_tell_some):
        pass


def _tell_some(tx: Tx) -> bool:
    """False when there is nothing to do, or enough cards wait."""
    for agent in pauses.run_out(tx):
        pauses.end(tx, agent)
        journal.note(tx, None, "agent.resumed", _CLOCK, agent=agent)
        outbox.owe(tx, Alert(text=wording_pause.ran_out_alert(agent)))
    telling = pauses.to_tell(tx)
    if telling is None or pauses.waiting_redraws(tx, _AT_ONCE) >= _AT_ONCE:
        return False
    ids = pauses.open_after(tx, telling, _AT_ONCE)
    # Like every verb: first the escalations, then what shows them.
    escalations.hold(tx, ids)
    for escalation_id in ids:
        messages.touch(tx, escalation_id)
    pauses.told(tx, telling, ids[-1] if len(ids) == _AT_ONCE else None)
    return True
