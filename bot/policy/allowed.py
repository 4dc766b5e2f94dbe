"""Who may decide. Asked at the moment of the click, of the policy and our own people table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation, Need
    from bot.domain.people import Clicker, Person
    from bot.policy.book import Book

_MOST_NAMES = 10


def why_not(
    book: Book,
    escalation: Escalation,
    need: Need,
    *,
    person: Clicker,
    known: Person | None,
    team_id: str | None,
    owners: frozenset[str],
    authors: frozenset[str],
    agreeing: bool = True,
) -> str | None:
    """None when this person may decide; else one sentence for them, people as `<@U…>`.

    Self-approval is about agreeing: anybody who is asked may refuse, or propose.

    `known` is our own record of the person. Without one nobody can say whether they are a
    guest, so they are refused: being named in the policy does not make anybody a member.
    `authors` wrote the modification that is now to be agreed to.
    """
    reviewers = book.reviewers(need.route)
    if person.id not in reviewers:
        return f"Only {_mentions(reviewers)} can decide this."
    if known is None:
        return "I do not know your Slack account yet. Please try again in a minute."
    stranger = _why_no_member(person, known, team_id)
    if stranger or not agreeing or not book.route(need.route).no_self_approval:
        return stranger
    return _why_own(escalation, known, owners, authors)


def key_may_decide(book: Book, need: Need, agent_name: str) -> bool:
    """Whether the route lists the API key of that NAME under `keys`."""
    return agent_name in book.route(need.route).keys


def _why_no_member(person: Clicker, known: Person, team_id: str | None) -> str | None:
    if known.bot:
        return "Only people can decide this, and this account is a bot."
    if known.deleted:
        return "This Slack account is deactivated, so it can no longer decide."
    team = person.team_id or known.team_id
    if team and team_id and team != team_id:
        return "Only people of this workspace can decide this; you are from another one."
    if known.guest:
        return "Only full members of this workspace can decide this; you are a guest here."
    return None


def _why_own(
    escalation: Escalation, known: Person, owners: frozenset[str], authors: frozenset[str]
) -> str | None:
    """The route forbids self-approval: self is the owner, the initiator and the editor."""
    if known.id in owners:
        return "You own the agent that asks, so somebody else has to decide this."
    if known.id in authors:
        return "You wrote this change, so somebody else has to agree to it."
    source = escalation.request.source
    started_by = source.on_behalf_of.strip().casefold() if source and source.on_behalf_of else ""
    if started_by and started_by in {known.id.casefold(), (known.email or "").casefold()}:
        return "The agent asks on your behalf, so somebody else has to decide this."
    if "@" in started_by and not known.email:
        return (
            "This was started by somebody known by e-mail, and I cannot see your address; "
            "somebody else has to decide this."
        )
    return None


def _mentions(people: frozenset[str]) -> str:
    names = [f"<@{user}>" for user in sorted(people)]
    if len(names) > _MOST_NAMES:
        names = [*names[:_MOST_NAMES], f"{len(names) - _MOST_NAMES} more"]
    *most, last = names or ["nobody"]
    return f"{', '.join(most)} and {last}" if most else last
