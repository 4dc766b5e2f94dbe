"""The two queues at Slack's door: first posts, channel by channel, and what is to be redrawn.

Each is read from its head along an index of its own: how long it is makes no difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import CTE, Row, Select, and_, bindparam, func, select

from bot.store import messages
from bot.store.tables import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.store.tx import Tx

_FIRST = and_(message.c.ts.is_(None), message.c.posted_rev < message.c.wanted_rev)
_STANDING = and_(message.c.ts.is_not(None), message.c.posted_rev < message.c.wanted_rev)

# Made once: a look takes place after each commit that changes a card.
_IN_HAND = (
    select(message)
    .where(message.c.id.in_(bindparam("ids", expanding=True)), _FIRST, *messages.claimable(message))
    .order_by(message.c.priority.desc(), message.c.created_at, message.c.id)
    .with_for_update(skip_locked=True)
)
_AT = (
    select(message)
    .where(
        message.c.ts.in_(bindparam("stamps", expanding=True)),
        _STANDING,
        *messages.claimable(message),
    )
    .with_for_update(skip_locked=True)
)
_REDRAWS = (
    select(message)
    .where(_STANDING, *messages.claimable(message))
    .order_by(message.c.cosmetic, message.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message at the head of its queue, which nobody else has in hand."""

    id: str
    channel: str
    priority: int
    created_at: datetime
    #: It may stand there already: the channel's history is asked first.
    unsure: bool
    #: It can share a storm card with others.
    groupable: bool
    #: It brings together what waited: before it is posted, what was settled drops out.
    collects: bool
    #: Only for what stands: nobody misses anything while it waits.
    cosmetic: bool


def heads(tx: Tx, *, unsure: bool) -> dict[str, str | None]:
    """Each channel that first posts wait for, and the one that is next, if any is ready.

    `unsure=False` leaves out those that have to be looked for in the history.
    """
    rows = tx.execute(_heads(unsure=unsure), messages.moments(tx))
    return {row.channel: row.id for row in rows}


def in_hand(tx: Tx, ids: Iterable[str]) -> list[Waiting]:
    """Those that are still to be had, the urgent first; another claimer passes them by."""
    rows = tx.execute(_IN_HAND, {"ids": list(ids)} | messages.moments(tx))
    return [_waiting(row) for row in rows]


def at(tx: Tx, places: Sequence[tuple[str, str]]) -> list[Waiting]:
    """Those of the messages at these places, each channel and ts, that are behind."""
    stamps = [ts for _, ts in places]
    rows = tx.execute(_AT, {"stamps": stamps} | messages.moments(tx))
    return [_waiting(row) for row in rows if (row.posted_channel, row.ts) in places]


def redraws(tx: Tx, most: int) -> list[Waiting]:
    """Messages that stand and are behind: decisions before small print, the oldest first."""
    rows = tx.execute(_REDRAWS, {"most": most} | messages.moments(tx))
    return [_waiting(row) for row in rows]


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        id=row.id,
        channel=row.channel,
        priority=row.priority,
        created_at=row.created_at,
        unsure=row.ts is None and row.unsure_since is not None,
        groupable=row.kind == "card" and not row.minimal,
        collects=row.kind == "digest",
        cosmetic=row.cosmetic,
    )


@cache
def _heads(*, unsure: bool) -> Select[tuple[str, str | None]]:
    channels = _channels()
    inner = message.alias()
    sure = [] if unsure else [inner.c.unsure_since.is_(None)]
    head = (
        select(inner.c.id)
        .where(
            inner.c.channel == channels.c.channel,
            inner.c.ts.is_(None),
            inner.c.posted_rev < inner.c.wanted_rev,
            *messages.claimable(inner),
            *sure,
        )
        .order_by(inner.c.priority.desc(), inner.c.created_at, inner.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return select(channels.c.channel, head.label("id")).where(channels.c.channel.is_not(None))


def _channels() -> CTE:
    """Every channel that a first post waits for: from each to the next along the index."""
    first = select(func.min(message.c.channel).label("channel")).where(_FIRST)
    channels = first.cte("channels", recursive=True)
    after = (
        select(func.min(message.c.channel))
        .where(_FIRST, message.c.channel > channels.c.channel)
        .scalar_subquery()
    )
    return channels.union_all(select(after).where(channels.c.channel.is_not(None)))
