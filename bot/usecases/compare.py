"""What must be the same at every replica is compared, and the operators are told of a difference.

With two secrets in force a key works here and not there; with two policies the same click counts
here and not there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cards import wording_operators
from bot.domain.outgoing import Alert
from bot.store import in_force, outbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

# Replicas say it more often than this, so what nobody has said for so long nobody has.
_FORGET = timedelta(seconds=30)
# While they are restarted one by one, or each finds the new policy file, they may differ.
_PATIENCE = timedelta(minutes=2)


async def compare(desk: Desk, mine: Mapping[str, str]) -> list[str]:
    """Say what is in force here; returns the names of what has differed for too long."""
    return await desk.ledger.run_behind(_compare, dict(mine))


def _compare(tx: Tx, mine: dict[str, str]) -> list[str]:
    differing = []
    for name, value in sorted(mine.items()):
        in_force.say(tx, name, value, forget=_FORGET)
        since = in_force.said(tx, name).values()
        newest = max(since)
        if len(since) > 1 and tx.now() - newest > _PATIENCE:
            differing.append(name)
            # Named by when it began: each time is told of once, by whichever replica.
            outbox.owe_once(
                tx,
                f"differ_{name}_{newest:%Y%m%dT%H%M%S.%f}",
                Alert(text=wording_operators.replicas_differ(name, len(since))),
            )
    return differing
