"""Taking old things out, in an order that leaves nothing hanging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, and_, cast, delete, func, or_, select, type_coerce, update

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
    output,
    output_content,
    output_volume,
    relay,
    review,
    review_finding_case,
    review_session,
    run_guidance,
    sampling_plan,
    scored_case,
    seal,
    timer,
)

if TYPE_CHECKING:
    from datetime import date, datetime

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
    made = select(output.c.id).where(output.c.escalation_id.in_(ids))
    about = or_(review.c.escalation_id.in_(ids), review.c.output_id.in_(made))
    looked_at = select(review.c.id).where(about)
    tx.execute(delete(message).where(message.c.review_id.in_(looked_at)))
    # The finding itself stays: it knows how many there were.
    tx.execute(delete(review_finding_case).where(review_finding_case.c.review_id.in_(looked_at)))
    tx.execute(delete(review).where(about))
    tx.execute(delete(output).where(output.c.escalation_id.in_(ids)))
    tx.execute(delete(message_item).where(message_item.c.escalation_id.in_(ids)))
    still = select(message_item.c.message_id)
    tx.execute(delete(message).where(message.c.id.in_(shown), message.c.id.not_in(still)))
    tx.execute(delete(escalation).where(escalation.c.id.in_(ids)))
    return len(ids), entries


def remove_outputs(tx: Tx, before: datetime, limit: int) -> int:
    """How many that came before the moment were removed; none that people are still asked about.

    Those of an escalation go with it.
    """
    asked = select(review.c.id).where(
        review.c.output_id == output.c.id, review.c.ended_at.is_(None)
    )
    found = (
        select(output.c.id)
        .where(output.c.at < before, output.c.escalation_id.is_(None), ~asked.exists())
        .order_by(output.c.at)
        .limit(limit)
    )
    ids = list(tx.execute(found).scalars())
    if not ids:
        return 0
    looked_at = select(review.c.id).where(review.c.output_id.in_(ids))
    tx.execute(delete(message).where(message.c.review_id.in_(looked_at)))
    sessions = select(review.c.session_id).where(
        review.c.output_id.in_(ids), review.c.session_id.is_not(None)
    )
    maybe_empty = list(tx.execute(sessions.distinct()).scalars())
    tx.execute(delete(review_finding_case).where(review_finding_case.c.review_id.in_(looked_at)))
    tx.execute(delete(review).where(review.c.output_id.in_(ids)))
    tx.execute(delete(output_content).where(output_content.c.output_id.in_(ids)))
    tx.execute(delete(output).where(output.c.id.in_(ids)))
    _remove_sessions(tx, maybe_empty)
    return len(ids)


def remove_counts(tx: Tx, before: date) -> None:
    """How many outputs came on the days before, and what their plans were."""
    for table in (output_volume, sampling_plan):
        tx.execute(delete(table).where(table.c.day < before.isoformat()))


def _remove_sessions(tx: Tx, ids: list[str]) -> None:
    """Those that show nothing any more."""
    still = select(review.c.session_id).where(review.c.session_id.in_(ids))
    gone = set(ids) - set(tx.execute(still).scalars())
    tx.execute(delete(message).where(message.c.session_id.in_(gone)))
    tx.execute(delete(review_session).where(review_session.c.id.in_(gone)))


def remove_words(tx: Tx, before: datetime) -> None:
    """Private words and alerts that were said long ago."""
    tx.execute(delete(outbox).where(outbox.c.done_at < before))
