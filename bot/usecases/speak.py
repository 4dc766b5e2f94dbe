"""Says something in the thread of an escalation's card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.outgoing import Reply
from bot.store import messages, outbox

if TYPE_CHECKING:
    from bot.cards.around import Card
    from bot.domain.escalation import Escalation
    from bot.store.tx import Tx


def speak(
    tx: Tx,
    escalation: Escalation,
    words: Card,
    *,
    thread: tuple[str, str] | None = None,
    by: str | None = None,
) -> None:
    """In that thread, else where its first card stands, or will stand; where there is none and
    shall be none, nothing is said.

    `by`: whose words they are, so that they can be forgotten.
    """
    place = thread or messages.first_standing(tx, escalation.id)
    # A card may be seen and clicked before Slack's answer, which says where it stands, is here.
    soon = min(messages.channels(tx, escalation.id), default=None) if place is None else None
    channel, ts = place or (soon, None)
    if channel is not None:
        outbox.owe(
            tx,
            Reply(
                escalation_id=escalation.id,
                channel=channel,
                thread_ts=ts,
                text=words.text,
                blocks=words.blocks,
                by=by,
            ),
        )
