"""What waits for people, counted and page by page: read along one index of what is open.

Neither history nor the questions' own texts are touched by counting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, case, func, literal_column, not_, or_, select

from bot.domain.request import URGENCIES
from bot.store.tables import escalation, message, relay

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.domain.request import Urgency
    from bot.store.tx import Tx

# Written out: a bound value would hide from the planner that the index of open ones fits.
_OPEN = escalation.c.status == literal_column("'open'")
_RAISED: ColumnElement[bool] = escalation.c.tier > literal_column("0")
# Said the other way round: the index of what sleeps is then the only one that fits.
_NOT_SETTLED = escalation.c.status.not_in(["decided", "expired", "cancelled"])
#: So many categories of one route are told apart.
_KINDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which open questions are meant. `routes` None: those of every route."""

    routes: frozenset[str] | None = None
    #: With these routes go those that the policy no longer has: all but the ones named here.
    known: frozenset[str] | None = None
    #: And of these routes what has come to the tier of that number; none of `routes` is among them.
    raised: Mapping[str, int] = field(default_factory=dict)
    category: str | None = None
    #: Not what is snoozed.
    awake: bool = False
    urgencies: Sequence[Urgency] = URGENCIES
    #: Not those on which this person has voted.
    not_voted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a page: the next page goes on behind it."""

    urgency: Urgency
    expires_at: datetime
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """What is open on one route with one urgency, from a tier on (0: all of it)."""

    route: str
    urgency: Urgency
    number: int
    #: How many of them end before the moment that was asked about.
    soon: int
    #: The id of the oldest.
    oldest: str
    tier: int = 0


def crowds(tx: Tx, scope: Scope, soon: datetime) -> list[Crowd]:
    """One question an urgency: only so does SQLite, which keeps no statistics, take the index.

    What is snoozed is among them.
    """
    return [
        Crowd(
            route=row.route,
            urgency=urgency,
            number=row.number,
            soon=int(row.soon),
            oldest=row.oldest,
            tier=tier,
        )
        for urgency in scope.urgencies
        for tier, which in _parts(scope)
        for row in tx.execute(
            select(
                escalation.c.route,
                func.count().label("number"),
                func.sum(case((escalation.c.expires_at <= soon, 1), else_=0)).label("soon"),
                func.min(escalation.c.id).label("oldest"),
            )
            .where(_OPEN, escalation.c.urgency == urgency, *which, *_of_category(scope))
            .group_by(escalation.c.route)
        )
    ]


def asleep(tx: Tx, scope: Scope) -> int:
    """How many of them are snoozed."""
    return sum(
        tx.execute(
            select(func.count()).where(
                escalation.c.snoozed_until.is_not(None),
                _NOT_SETTLED,
                escalation.c.urgency.in_(scope.urgencies),
                *which,
                *_of_category(scope),
            )
        ).scalar_one()
        for _, which in _parts(scope)
    )


def categories(tx: Tx, among: Iterable[Crowd]) -> set[str]:
    """Which categories there are: from each to the next along the index."""
    found: set[str] = set()
    for crowd in among:
        here = [
            _OPEN,
            escalation.c.urgency == crowd.urgency,
            escalation.c.route == crowd.route,
            *_since(crowd.tier),
        ]
        first = select(func.min(escalation.c.category).label("category")).where(*here)
        each = first.cte("categories", recursive=True)
        after = (
            select(func.min(escalation.c.category))
            .where(*here, escalation.c.category > each.c.category)
            .scalar_subquery()
        )
        each = each.union_all(select(after).where(each.c.category.is_not(None)))
        rows = tx.execute(select(each.c.category).where(each.c.category.is_not(None)).limit(_KINDS))
        found.update(rows.scalars())
    return found


def asked_at(tx: Tx, ids: Iterable[str]) -> list[datetime]:
    """When these were asked, the earliest first."""
    rows = tx.execute(
        select(escalation.c.created_at)
        .where(escalation.c.id.in_(list(ids)))
        .order_by(escalation.c.created_at)
    )
    return list(rows.scalars())


def agents(tx: Tx) -> int:
    """How many agents wait for at least one answer."""
    found: set[str] = set()
    for urgency in URGENCIES:
        each = select(escalation.c.agent).where(_OPEN, escalation.c.urgency == urgency).distinct()
        found.update(tx.execute(each).scalars())
    return len(found)


def page(
    tx: Tx, scope: Scope, among: Sequence[Crowd], after: Place | None, limit: int
) -> list[str]:
    """Ids: the most urgent first, and of these what ends first.

    `among` says what is there: each crowd lies in its order in the index.
    """
    found: list[str] = []
    for urgency in sorted({one.urgency for one in among}, key=URGENCIES.index, reverse=True):
        if after is not None and URGENCIES.index(urgency) > URGENCIES.index(after.urgency):
            continue
        begin: list[ColumnElement[bool]] = []
        if after is not None and urgency == after.urgency:
            begin = [
                escalation.c.expires_at >= after.expires_at,
                or_(escalation.c.expires_at > after.expires_at, escalation.c.id > after.id),
            ]
        heads: list[tuple[datetime, str]] = []
        for crowd in (one for one in among if one.urgency == urgency):
            rows = tx.execute(
                select(escalation.c.expires_at, escalation.c.id)
                .where(
                    _OPEN,
                    escalation.c.urgency == urgency,
                    escalation.c.route == crowd.route,
                    *_since(crowd.tier),
                    *_of_category(scope),
                    *begin,
                    *_awake(scope),
                    *_not_voted(tx, scope),
                )
                .order_by(escalation.c.expires_at, escalation.c.id)
                .limit(limit - len(found))
            )
            heads += ((row.expires_at, row.id) for row in rows)
        found += [id_ for _, id_ in sorted(heads)[: limit - len(found)]]
        if len(found) == limit:
            break
    return found


def callbacks(tx: Tx) -> tuple[int, int]:
    """How many are on their way, and how many were given up."""
    pending, dead = (
        tx.execute(select(func.count()).where(relay.c.state == literal_column(state))).scalar_one()
        for state in ("'pending'", "'dead'")
    )
    return pending, dead


def behind(tx: Tx, since: datetime) -> int:
    """How many cards have not stood as they should since then."""
    count: int = tx.execute(
        select(func.count()).where(
            message.c.posted_rev < message.c.wanted_rev,
            func.coalesce(message.c.behind_since, message.c.due_at) <= since,
        )
    ).scalar_one()
    return count


def _parts(scope: Scope) -> list[tuple[int, list[ColumnElement[bool]]]]:
    """Which routes, each part with the tier from which it counts."""
    if scope.routes is None:
        return [(0, [])]
    parts: list[tuple[int, list[ColumnElement[bool]]]] = []
    if scope.routes:
        mine: ColumnElement[bool] = escalation.c.route.in_(sorted(scope.routes))
        if scope.known is not None:
            mine = or_(mine, escalation.c.route.not_in(sorted(scope.known)))
        parts.append((0, [mine]))
    for route, tier in sorted(scope.raised.items()):
        parts.append((tier, [escalation.c.route == route, *_since(tier)]))
    return parts


def _since(tier: int) -> list[ColumnElement[bool]]:
    return [_RAISED, escalation.c.tier >= tier] if tier else []


def _of_category(scope: Scope) -> list[ColumnElement[bool]]:
    return [] if scope.category is None else [escalation.c.category == scope.category]


def _awake(scope: Scope) -> list[ColumnElement[bool]]:
    return [escalation.c.snoozed_until.is_(None)] if scope.awake else []


def _not_voted(tx: Tx, scope: Scope) -> list[ColumnElement[bool]]:
    if scope.not_voted_by is None:
        return []
    # The text is written by us, without spaces.
    voted = tx.holds_text(escalation.c.votes, f'"type":"human","id":"{scope.not_voted_by}"')
    # A click in its grace can still be taken back.
    return [or_(escalation.c.intent.is_not(None), not_(voted))]
