"""Where messages stand: places that turn up, and copies that a lost answer left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import bindparam, insert, literal, select, update

from bot.store.messages import TOPIC
from bot.store.tables import message, message_item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.outgoing import Sent
    from bot.store.tx import Tx

#: What became of a place: a message had none and stands there now, or has another one besides.
Taken = Literal["known", "first", "copy"]
# What is posted late has arrived by then, and stands in the history.
_QUIET = timedelta(minutes=1)
# Doubts that lie so close together are looked into together.
_STRETCH = timedelta(minutes=10)
_MOST = 100
_STANDING = select(message.c.posted_channel, message.c.ts).where(message.c.id == bindparam("of"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a channel's history in which copies may stand that nobody knows of."""

    channel: str
    since: datetime
    until: datetime
    #: The messages that may stand there more than once.
    of: tuple[str, ...]


def known(tx: Tx, *, channel: str, ts: str) -> bool:
    """Whether a message of ours is known to stand there."""
    found = tx.execute(
        select(message.c.id).where(message.c.ts == ts, message.c.posted_channel == channel)
    )
    return found.first() is not None


def unknown(tx: Tx, places: Sequence[Sent]) -> list[Sent]:
    """Those of our messages at whose places none is known to stand."""
    stamps = [place.ts for place in places]
    rows = tx.execute(
        select(message.c.posted_channel, message.c.ts).where(message.c.ts.in_(stamps))
    )
    taken = {(row.posted_channel, row.ts) for row in rows}
    ours = {
        row.id
        for row in tx.execute(
            select(message.c.id).where(message.c.id.in_([place.message_id for place in places]))
        )
    }
    return [
        place
        for place in places
        if (place.channel, place.ts) not in taken and place.message_id in ours
    ]


def take_place(tx: Tx, message_id: str, *, channel: str, ts: str) -> Taken:
    """The message is seen to stand there. Its escalations are locked by the caller."""
    if known(tx, channel=channel, ts=ts):
        return "known"
    now = tx.now()
    row = tx.execute(select(message).where(message.c.id == message_id)).one()
    tx.tell(TOPIC)
    if row.ts is None:
        # Whoever is sending it now goes on; what they post besides becomes a copy.
        tx.execute(
            update(message)
            .where(message.c.id == message_id)
            .values(
                ts=ts,
                posted_channel=channel,
                posted_rev=0,
                due_at=now,
                behind_since=now,
                unsure_since=None,
                tried_since=None,
                failing_since=None,
                doubt_from=row.tried_since or now,
                doubt_until=now,
            )
        )
        return "first"
    copy_id = tx.new_id("msg")
    tx.add(
        message,
        {
            "id": copy_id,
            "kind": row.kind,
            "channel": channel,
            "posted_channel": channel,
            "ts": ts,
            "wanted_rev": 1,
            "posted_rev": 0,
            "priority": row.priority,
            "minimal": row.minimal,
            "created_at": now,
            "due_at": now,
            "behind_since": now,
            "attempts": 0,
            "copy_of": row.copy_of or message_id,
            "digest": row.digest,
            "digest_slot": row.digest_slot,
            "review_id": row.review_id,
            "session_id": row.session_id,
            "report_id": row.report_id,
        },
    )
    shown = select(literal(copy_id), message_item.c.escalation_id).where(
        message_item.c.message_id == message_id
    )
    tx.execute(insert(message_item).from_select(["message_id", "escalation_id"], shown))
    return "copy"


def of_which(tx: Tx, escalation_id: str, *, channel: str) -> str | None:
    """Which message of the escalation a place in that channel must belong to, if one can be told.

    The one that stands in the channel, or shall; else the only one whose channel is not known by
    its id yet.
    """
    rows = tx.execute(
        select(message.c.id, message.c.channel, message.c.posted_channel, message.c.ts)
        .join(message_item, message_item.c.message_id == message.c.id)
        .where(message_item.c.escalation_id == escalation_id, message.c.kind != "reminder")
        # One that has no place yet is the likeliest to be seen now.
        .order_by(message.c.ts.is_not(None), message.c.id)
    ).all()
    here = [row for row in rows if channel in {row.channel, row.posted_channel}]
    nameless = [row for row in rows if row.ts is None and row.channel[:1] in {"#", "U", "W"}]
    if not here and len(nameless) == 1:
        here = nameless
    return here[0].id if here else None


def shown_by(tx: Tx, message_id: str) -> list[str]:
    """Ids of the escalations that a message shows; none where there is no such message."""
    rows = tx.execute(
        select(message_item.c.escalation_id)
        .where(message_item.c.message_id == message_id)
        .order_by(message_item.c.escalation_id)
    )
    return [row.escalation_id for row in rows]


def standing(tx: Tx, message_id: str) -> tuple[str, str] | None:
    """Channel and ts of a message; None while it stands nowhere."""
    row = tx.execute(_STANDING, {"of": message_id}).one_or_none()
    return None if row is None or row.ts is None else (row.posted_channel, row.ts)


def doubtful(tx: Tx) -> Stretch | None:
    """Where to look next for copies."""
    rows = tx.execute(
        select(message)
        .where(message.c.doubt_until <= tx.now() - _QUIET, message.c.ts.is_not(None))
        .order_by(message.c.doubt_until)
        .limit(_MOST)
    ).all()
    if not rows:
        return None
    first = rows[0]
    end = first.doubt_until + _STRETCH
    near = [
        row
        for row in rows
        if row.posted_channel == first.posted_channel
        and row.doubt_until <= end
        and row.doubt_from >= first.doubt_from - _STRETCH
    ]
    return Stretch(
        channel=first.posted_channel,
        since=min(row.doubt_from for row in near),
        until=max(row.doubt_until for row in near),
        of=tuple(row.id for row in near),
    )


def looked_into(tx: Tx, stretch: Stretch) -> None:
    """What stood there is known now."""
    tx.execute(
        update(message)
        .where(message.c.id.in_(stretch.of), message.c.doubt_until <= stretch.until)
        .values(doubt_from=None, doubt_until=None)
    )


def look_later(tx: Tx, stretch: Stretch) -> None:
    """It could not be read: others first."""
    tx.execute(update(message).where(message.c.id.in_(stretch.of)).values(doubt_until=tx.now()))
