"""Idempotency keys: the same request again is the same escalation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.store.tables import inbound

if TYPE_CHECKING:
    from bot.store.tx import Tx


def remember(tx: Tx, agent: str, key: str, body_hash: str, escalation_id: str) -> bool:
    """Take the key for a new escalation; False when it was taken before.

    A parallel twin waits here until the first has committed.
    """
    return tx.add_once(
        inbound,
        {
            "agent": agent,
            "key": key,
            "body_hash": body_hash,
            "escalation_id": escalation_id,
            "created_at": tx.now(),
        },
    )


def recall(tx: Tx, agent: str, key: str) -> tuple[str, str] | None:
    """`(body hash, escalation id)` of the first request with this key, or None."""
    row = tx.execute(
        select(inbound.c.body_hash, inbound.c.escalation_id).where(
            inbound.c.agent == agent, inbound.c.key == key
        )
    ).one_or_none()
    return None if row is None else (row.body_hash, row.escalation_id)
