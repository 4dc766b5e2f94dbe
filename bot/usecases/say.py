"""One owed word, from the claim to what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.domain.outgoing import (
    Alert,
    Checkpoint,
    Later,
    Never,
    Outcome,
    Refused,
    Sent,
    Unsure,
    Whisper,
)
from bot.domain.pacing import lane, rest
from bot.store import outbox, pace
from bot.usecases.send_card import backoff

if TYPE_CHECKING:
    from bot.senders.slack import SlackSender
    from bot.store.outbox import Claimed
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

# A private word is stale after some minutes; an alert goes on being tried for about an hour.
_ENOUGH = {Whisper: 5, Alert: 60, Checkpoint: 60}


async def say(
    desk: Desk,
    sender: SlackSender,
    claimed: Claimed,
    *,
    admin_channel: str | None,
    audit_channel: str | None,
) -> Outcome:
    """Say it and remember how that went."""
    channel = None
    match claimed.owed:
        case Whisper():
            outcome = await sender.whisper(claimed.owed)
        case Alert(text=text):
            channel = admin_channel
            outcome = (
                await sender.say(channel=channel, text=text)
                if channel
                else Never(reason="PULLCORD_ADMIN_CHANNEL is not set")
            )
        case Checkpoint(text=text):
            channel = audit_channel
            outcome = (
                await sender.say(channel=channel, text=text)
                if channel
                else Never(reason="PULLCORD_AUDIT_CHANNEL is not set")
            )
        case _:
            assert_never(claimed.owed)
    await desk.ledger.run_behind(_settle, claimed, outcome, channel)
    return outcome


def _settle(tx: Tx, claimed: Claimed, outcome: Outcome, channel: str | None) -> None:
    match outcome:
        case Later(limit=str(method)):
            pace.hold(tx, lane(method, channel), rest(outcome.after))
            outbox.settle_held(tx, claimed, problem=outcome.reason)
        case Sent():
            outbox.settle_done(tx, claimed)
        case Refused() | Never():
            outbox.settle_done(tx, claimed, problem=outcome.reason)
        case Later() | Unsure():
            if claimed.attempts >= _ENOUGH[type(claimed.owed)]:
                outbox.settle_done(tx, claimed, problem=outcome.reason)
                return
            after = outcome.after if isinstance(outcome, Later) else None
            outbox.settle_later(
                tx,
                claimed,
                wait=backoff(claimed.attempts, at_least=after),
                problem=outcome.reason,
            )
        case _:
            assert_never(outcome)
