"""Who may decide. Asked at the moment of the click, of the policy and our own directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.directory import Denial

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.directory import Bar, Directory, Why
    from bot.domain.escalation import Escalation, Need
    from bot.domain.material import Material
    from bot.domain.people import Clicker
    from bot.policy.book import Book

_MOST_NAMES = 10


def why_not(
    book: Book,
    directory: Directory,
    escalation: Escalation,
    need: Need,
    *,
    person: Clicker,
    authors: frozenset[str],
    agreeing: bool = True,
    fresh: bool = True,
) -> Denial | None:
    """None when this person may decide.

    Self-approval is about agreeing: anybody who is asked may refuse, or propose. `authors` wrote
    the modification that is now to be agreed to. `fresh=False` asks about a vote that was cast
    earlier: what we have learned since may take it away, what we have not heard may not.
    """
    route = book.route(need.route)
    own = None
    selves: frozenset[str] = frozenset()
    if agreeing and route.no_self_approval:
        source = escalation.request.source
        started_by = (source.on_behalf_of or "") if source else ""
        own = _why_own(directory, escalation.owners, started_by, person, authors)
        selves = escalation.owners | authors
    groups = book.groups_asked(escalation, need.route)
    return _why_not(book, directory, groups, person, own=own, selves=selves, fresh=fresh)


def why_no_admin(book: Book, directory: Directory, person: Clicker) -> Denial | None:
    """None when this person is one of the policy's admins, and nothing stands against them."""
    return _why_not(book, directory, book.admins, person, own=None, selves=frozenset(), fresh=True)


def routes_of(
    book: Book, directory: Directory, person: Clicker, *, fresh: bool = True
) -> frozenset[str]:
    """The routes that ask this person, as far as nothing stands against them."""
    return frozenset(
        route.name
        for route in book.routes.values()
        if _why_not(
            book, directory, route.reviewers, person, own=None, selves=frozenset(), fresh=fresh
        )
        is None
    )


def tiers_of(
    book: Book, directory: Directory, person: Clicker, *, fresh: bool = True
) -> dict[str, int]:
    """Routes that ask this person from a tier on, and from which: 1 is the first."""
    return {
        route.name: number
        for route in book.routes.values()
        for number, tier in reversed(list(enumerate(route.tiers, 1)))
        if _why_not(
            book, directory, tier.reviewers, person, own=None, selves=frozenset(), fresh=fresh
        )
        is None
    }


def why_no_digest(book: Book, directory: Directory, name: str, person: Clicker) -> Denial | None:
    """None when this person may ask for the digest: one who is asked what it collects."""
    groups = book.reviewers_of_digest(name)
    return _why_not(book, directory, groups, person, own=None, selves=frozenset(), fresh=True)


def why_no_review(
    book: Book,
    directory: Directory,
    material: Material,
    groups: tuple[str, ...],
    person: Clicker,
) -> Denial | None:
    """None when this person may say whether it was right: one of the groups, never for themselves.

    Unlike an approval, a look at one's own agent's work is never worth anything.
    """
    own = _why_own(directory, material.owners, material.started_by, person, frozenset())
    return _why_not(book, directory, groups, person, own=own, selves=material.owners, fresh=True)


def key_may_decide(book: Book, need: Need, agent_name: str) -> bool:
    """Whether the route lists the API key of that NAME under `keys`."""
    return agent_name in book.route(need.route).keys


def _why_not(
    book: Book,
    directory: Directory,
    groups: tuple[str, ...],
    person: Clicker,
    *,
    own: Why | None,
    selves: frozenset[str],
    fresh: bool,
) -> Denial | None:
    members = book.members(groups, directory)
    why, since = _why(book, directory, groups, person, members, own, fresh=fresh)
    if why is None:
        return None
    never: set[Bar | None] = {"bot", "deactivated", "foreign", "guest"}
    if why in {"stale", "stale_roll"}:
        never |= {"stale", "unknown"}
    others = sorted(
        one for one in members - selves - {person.id} if directory.bar(one) not in never
    )
    return Denial(
        why=why,
        instead=tuple(others[:_MOST_NAMES]),
        more=max(0, len(others) - _MOST_NAMES),
        since=since,
    )


def _why(
    book: Book,
    directory: Directory,
    groups: tuple[str, ...],
    person: Clicker,
    members: frozenset[str],
    own: Why | None,
    *,
    fresh: bool,
) -> tuple[Why | None, datetime | None]:
    surely = not fresh or person.id in book.members(groups, directory, fresh=True)
    old = [roll for roll in book.rolls_of(groups, directory) if directory.is_old(roll.fetched_at)]
    since = min((roll.fetched_at for roll in old if roll.fetched_at), default=None)
    if person.id not in members:
        # They may have joined since Slack last told us who belongs here.
        return ("stale_roll", since) if old and fresh else ("stranger", None)
    bar = directory.bar(person.id, person.team_id)
    if bar == "stale":
        if fresh:
            return bar, directory.people[person.id].fetched_at
    elif bar is not None:
        return bar, None
    return (own, None) if surely else ("stale_roll", since)


def _why_own(
    directory: Directory,
    owners: frozenset[str],
    started_by: str,
    person: Clicker,
    authors: frozenset[str],
) -> Why | None:
    """The route forbids self-approval: self is the owner, the initiator and the editor."""
    if person.id in owners:
        return "owner"
    if person.id in authors:
        return "author"
    started_by = started_by.strip().casefold()
    known = directory.people.get(person.id)
    email = (known.email or "").casefold() if known else ""
    if started_by and started_by in {person.id.casefold(), email}:
        return "on_behalf"
    return "no_address" if "@" in started_by and not email else None
