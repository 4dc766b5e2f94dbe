"""When more first posts wait for a channel than it can take, several share one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from bot.store.tables import escalation, message, message_item

if TYPE_CHECKING:
    from bot.store.tx import Tx

#: How many escalations a storm card shows; each has four blocks, and a message takes fifty.
ROWS = 10


def crowded(tx: Tx, channel: str, crowd: int) -> bool:
    """Whether more than so many first posts wait for the channel; no more than that are read."""
    waiting = (
        select(message.c.id)
        .where(
            message.c.channel == channel,
            message.c.ts.is_(None),
            message.c.posted_rev < message.c.wanted_rev,
        )
        .limit(crowd + 1)
        .subquery()
    )
    count: int = tx.execute(select(func.count()).select_from(waiting)).scalar_one()
    return count > crowd


def gather(tx: Tx, channel: str, *, below: int) -> str | None:
    """One message in the place of the first cards in the queue, at most `ROWS` of them.

    Only cards below that priority which nobody has tried: of another one nobody could say
    whether it stands already. The escalations are locked before their cards go, so whoever
    changes one afterwards finds the new message. None where there is nothing to share.
    """
    now = tx.now()
    cards = tx.execute(
        select(message.c.id, message.c.priority, message.c.created_at, message_item.c.escalation_id)
        .join(message_item, message_item.c.message_id == message.c.id)
        .where(
            message.c.channel == channel,
            message.c.ts.is_(None),
            message.c.posted_rev < message.c.wanted_rev,
            message.c.priority < below,
            message.c.kind == "card",
            message.c.minimal.is_(False),
            message.c.due_at <= now,
            message.c.owner.is_(None),
            message.c.unsure_since.is_(None),
            message.c.fell_back_at.is_(None),
        )
        .order_by(message.c.priority.desc(), message.c.created_at, message.c.id)
        .limit(ROWS)
        .with_for_update(of=message, skip_locked=True)
    ).all()
    held = {
        row.id
        for row in tx.execute(
            select(escalation.c.id)
            .where(escalation.c.id.in_([card.escalation_id for card in cards]))
            .order_by(escalation.c.id)
            .with_for_update(skip_locked=True)
        )
    }
    cards = [card for card in cards if card.escalation_id in held]
    if len(cards) < 2:
        return None
    gone = [card.id for card in cards]
    tx.execute(delete(message_item).where(message_item.c.message_id.in_(gone)))
    tx.execute(delete(message).where(message.c.id.in_(gone)))
    storm = tx.new_id("msg")
    tx.add(
        message,
        {
            "id": storm,
            "kind": "storm",
            "channel": channel,
            "wanted_rev": 1,
            "posted_rev": 0,
            "priority": cards[0].priority,
            "minimal": False,
            "created_at": min(card.created_at for card in cards),
            "due_at": now,
            "attempts": 0,
            "behind_since": min(card.created_at for card in cards),
        },
    )
    for card in cards:
        tx.add(message_item, {"message_id": storm, "escalation_id": card.escalation_id})
    return storm
