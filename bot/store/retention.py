"""Taking old things out, in an order that leaves nothing hanging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, and_, cast, delete, func, select, type_coerce, update

from bot.store.columns import to_micros
from bot.store.tables import (
    answer_time,
    decision,
    escalation,
    inbound,
    journal,
    message,
    message_item,
    outbox,
    relay,
    review,
    review_finding_case,
    run_guidance,
    scored_case,
    seal,
    timer,
)

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.tx import Tx


def remove_some(tx: Tx, before: datetime, limit: int) -> tuple[int, int]:
    """`(escalations, journal entries)` that were removed.

    Only what was settled before the moment, is shown as it should be, and is sealed wholly; no
    approval that its agent may still redeem, and nothing that people are asked to look at.
    """
    unsealed = (
        select(journal.c.id)
        .outerjoin(seal, seal.c.entry_id == journal.c.id)
        .where(journal.c.escalation_id == escalation.c.id, seal.c.seq.is_(None))
    )
    behind = (
        select(message.c.id)
        .join(message_item, message_item.c.message_id == message.c.id)
        .where(
            message_item.c.escalation_id == escalation.c.id,
            message.c.posted_rev < message.c.wanted_rev,
        )
    )
    valid_until = type_coerce(escalation.c.settled_at, BigInteger) + (
        cast(escalation.c.valid_for_seconds, BigInteger) * 1_000_000
    )
    redeemable = and_(escalation.c.status == "decided", valid_until >= to_micros(tx.now()))
    asked = select(review.c.id).where(
        review.c.escalation_id == escalation.c.id, review.c.ended_at.is_(None)
    )
    # What an alternative refers to goes after it.
    alternative = escalation.alias()
    found = select(escalation.c.id).where(
        ~select(alternative.c.id).where(alternative.c.supersedes == escalation.c.id).exists(),
        escalation.c.status != "open",
        escalation.c.settled_at < before,
        ~redeemable,
        ~unsealed.exists(),
        ~behind.exists(),
        ~asked.exists(),
    )
    ids = list(tx.execute(found.order_by(escalation.c.id).limit(limit)).scalars())
    if not ids:
        return 0, 0
    mine = select(journal.c.id).where(journal.c.escalation_id.in_(ids))
    entries = tx.execute(select(func.count()).select_from(mine.subquery())).scalar_one()
    tx.execute(update(seal).where(seal.c.entry_id.in_(mine)).values(removed=True, salt=None))
    tx.execute(delete(journal).where(journal.c.escalation_id.in_(ids)))
    for table in (relay, decision, timer, inbound, run_guidance, scored_case, answer_time):
        tx.execute(delete(table).where(table.c.escalation_id.in_(ids)))
    shown = list(
        tx.execute(
            select(message_item.c.message_id).where(message_item.c.escalation_id.in_(ids))
        ).scalars()
    )
    looked_at = select(review.c.id).where(review.c.escalation_id.in_(ids))
    tx.execute(delete(message).where(message.c.review_id.in_(looked_at)))
    # The finding itself stays: it knows how many there were.
    tx.execute(delete(review_finding_case).where(review_finding_case.c.review_id.in_(looked_at)))
    tx.execute(delete(review).where(review.c.escalation_id.in_(ids)))
    tx.execute(delete(message_item).where(message_item.c.escalation_id.in_(ids)))
    still = select(message_item.c.message_id)
    tx.execute(delete(message).where(message.c.id.in_(shown), message.c.id.not_in(still)))
    tx.execute(delete(escalation).where(escalation.c.id.in_(ids)))
    return len(ids), entries


def remove_words(tx: Tx, before: datetime) -> None:
    """Private words and alerts that were said long ago."""
    tx.execute(delete(outbox).where(outbox.c.done_at < before))
