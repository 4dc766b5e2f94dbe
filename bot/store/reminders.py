"""Reminders that are owed: short messages beside the cards, one for several questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.store import messages
from bot.store.tables import message, message_item

if TYPE_CHECKING:
    from sqlalchemy import Select

    from bot.store.tx import Tx

#: How many questions one of them names.
MOST = 10


def owe(tx: Tx, escalation_id: str, *, priority: int) -> list[str]:
    """A reminder in each channel where a card of it stands, and which channels these are.

    Where one waits to be posted, this question joins it: a crowd that is reminded at the same time
    takes one message, not hundreds. The escalation is locked by the caller.
    """
    channels = _channels(tx, escalation_id)
    for channel in channels:
        waiting = _waiting(tx, channel, priority)
        if waiting is None:
            messages.owe(tx, escalation_id, channel=channel, priority=priority, kind="reminder")
        else:
            tx.add_once(message_item, {"message_id": waiting, "escalation_id": escalation_id})
    return channels


def card_in(tx: Tx, escalation_id: str, channel: str) -> tuple[str, str] | None:
    """Where the card of it stands that a reminder in this channel leads to."""
    row = tx.execute(
        _cards(escalation_id).where(message.c.channel == channel).order_by(message.c.id).limit(1)
    ).first()
    return None if row is None else (row.posted_channel, row.ts)


def stands_there(tx: Tx, *, channel: str, ts: str) -> bool:
    """Whether that message is a reminder, and nothing that can be decided."""
    found = tx.execute(
        select(message.c.id).where(
            message.c.ts == ts, message.c.posted_channel == channel, message.c.kind == "reminder"
        )
    )
    return found.first() is not None


def _channels(tx: Tx, escalation_id: str) -> list[str]:
    rows = tx.execute(_cards(escalation_id).order_by(message.c.id))
    # A channel may be known by its name and by its id: one reminder is enough.
    return list({row.posted_channel: row.channel for row in rows}.values())


def _cards(escalation_id: str) -> Select[str, str, str]:
    return (
        select(message.c.channel, message.c.posted_channel, message.c.ts)
        .join(message_item, message_item.c.message_id == message.c.id)
        .where(
            message_item.c.escalation_id == escalation_id,
            message.c.ts.is_not(None),
            message.c.copy_of.is_(None),
            message.c.kind != "reminder",
        )
    )


def _waiting(tx: Tx, channel: str, priority: int) -> str | None:
    """One that nobody has tried to post yet, with room for another question."""
    names = (
        select(func.count())
        .where(message_item.c.message_id == message.c.id)
        .correlate(message)
        .scalar_subquery()
    )
    row = tx.execute(
        select(message.c.id)
        .where(
            message.c.channel == channel,
            message.c.ts.is_(None),
            message.c.posted_rev < message.c.wanted_rev,
            message.c.kind == "reminder",
            message.c.priority == priority,
            message.c.owner.is_(None),
            message.c.attempts == 0,
            names < MOST,
        )
        .order_by(message.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    return None if row is None else row.id
