"""One owed word, from the claim to what came of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, assert_never

from bot.domain.outgoing import (
    Alert,
    Checkpoint,
    Direct,
    Later,
    Never,
    Outcome,
    Refused,
    Reply,
    Sent,
    Unsure,
    Whisper,
)
from bot.domain.pacing import lane, rest
from bot.store import messages, outbox, pace
from bot.usecases.send_card import backoff

if TYPE_CHECKING:
    from bot.senders.slack import SlackSender
    from bot.store.outbox import Claimed
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

# A private word is stale after some minutes; an alert goes on being tried for about an hour.
_ENOUGH = {Whisper: 5, Direct: 60, Reply: 60, Alert: 60, Checkpoint: 60}


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
        case Direct() | Reply():
            channel = claimed.owed.place
            said = await _say_once(desk, sender, claimed, claimed.owed)
            if said is None:
                return Later(reason="overslept")
            outcome = said
        case Alert(text=text, blocks=blocks):
            channel = admin_channel
            outcome = (
                await sender.say(channel=channel, text=text, blocks=blocks)
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


async def _say_once(
    desk: Desk, sender: SlackSender, claimed: Claimed, owed: Direct | Reply
) -> Outcome | None:
    """What may have been said before is looked for first: nobody is told the same twice.

    None when it is too late to begin: the row is somebody else's by now.
    """
    place: str | Later | Never = owed.place
    thread, blocks = None, []
    if isinstance(owed, Direct):
        place = await sender.direct(owed.user)
    else:
        thread, blocks = owed.thread_ts, owed.blocks
        if thread is None:
            stands = await desk.ledger.read(messages.first_standing, owed.escalation_id)
            place, thread = stands or (Later(reason="no_card"), None)
    if not isinstance(place, str):
        return place
    if claimed.attempts > 1:
        found = await sender.find(
            claimed.id, channel=place, since=claimed.created_at, thread_ts=thread
        )
        if isinstance(found, Later):
            return Unsure(reason=found.reason, limit=found.limit, after=found.after, sent_now=False)
        if found is not None:
            return found
    if asyncio.get_running_loop().time() >= claimed.deadline:
        return None
    return await sender.post(
        claimed.id, channel=place, text=owed.text, blocks=blocks, thread_ts=thread
    )


def _settle(tx: Tx, claimed: Claimed, outcome: Outcome, channel: str | None) -> None:
    match outcome:
        case Later(limit=str(method)) | Unsure(limit=str(method)):
            pace.hold(tx, lane(method, channel if method == "post" else None), rest(outcome.after))
            outbox.settle_held(tx, claimed, problem=outcome.reason)
        case Sent():
            outbox.settle_done(tx, claimed)
        case Refused() | Never():
            outbox.settle_done(tx, claimed, problem=outcome.reason)
        case Later() | Unsure():
            if claimed.attempts >= _ENOUGH[type(claimed.owed)]:
                outbox.settle_done(tx, claimed, problem=outcome.reason)
                return
            # What was perhaps said is looked for, once the history can be trusted.
            looks = isinstance(claimed.owed, Direct | Reply)
            settle = messages.SETTLE.total_seconds() if looks else None
            after = outcome.after if isinstance(outcome, Later) else settle
            outbox.settle_later(
                tx,
                claimed,
                wait=backoff(claimed.attempts, at_least=after),
                problem=outcome.reason,
            )
        case _:
            assert_never(outcome)
