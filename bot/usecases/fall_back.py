"""Where a question is shown when its channel does not take it: the fallback, or each reviewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards import wording_operators
from bot.domain.outgoing import Alert, is_person
from bot.domain.request import URGENCIES
from bot.store import escalations, journal, messages, outbox
from bot.usecases.read_directory import read_directory

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.policy.book import Book, Route
    from bot.store.messages import Claimed
    from bot.store.tx import Tx

#: With these nothing goes anywhere, so there is no use in trying elsewhere.
TOKEN_WIDE = {
    "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive",
    "org_login_required", "ekm_access_denied", "not_allowed_token_type", "team_access_not_granted",
}  # fmt: skip
# Messages to people one by one are slow, and somebody among so many will see theirs.
_MOST_PEOPLE = 20


def fall_back(tx: Tx, book: Book, team_id: str | None, claimed: Claimed, reason: str) -> None:
    """Show what is open elsewhere, once, and tell the operators. The original goes on being tried.

    The escalations are locked by the caller.
    """
    if not messages.mark_fallen_back(tx, claimed.id):
        return
    places: list[str] = []
    for escalation in escalations.find_all(tx, claimed.escalation_ids):
        if escalation.status != "open":
            continue
        journal.note(tx, escalation.id, "card.refused", None, channel=claimed.channel)
        found = [] if reason in TOKEN_WIDE else _elsewhere(tx, book, team_id, claimed, escalation)
        for place in found:
            messages.owe(
                tx, escalation.id, channel=place, priority=URGENCIES.index(escalation.urgency)
            )
        places += found
    # Of a whole channel that is gone the operators hear once in a while, not for each card.
    name = f"nowhere_{claimed.channel}_{reason}_{tx.now():%Y%m%d%H%M}"[:-1]
    ids = claimed.about
    if is_person(claimed.channel):
        text = wording_operators.person_impossible(ids, claimed.channel, reason)
    else:
        text = wording_operators.card_impossible(
            ids, claimed.channel, reason, sorted(set(places)), everything=reason in TOKEN_WIDE
        )
    outbox.owe_once(tx, name, Alert(text=text))


def _elsewhere(
    tx: Tx, book: Book, team_id: str | None, claimed: Claimed, escalation: Escalation
) -> list[str]:
    """The next channel on the way of fallbacks; at its end, the people who may decide.

    Who may decide stays as it is: a channel that fails must not change that.
    """
    if is_person(claimed.channel):
        return []
    taken = messages.channels(tx, escalation.id)
    route = _route_of(book, claimed.channel, escalation)
    way = _way(book, route)
    # Where the policy has changed since, the route's own channel may be another one.
    here = next((at for at, one in enumerate(way) if one.channel == claimed.channel), -1)
    for one in way[here + 1 :]:
        if one.channel not in taken:
            return [one.channel]
    groups = book.groups_asked(escalation, route.name)
    directory = read_directory(tx, book, team_id, (), groups=groups)
    known = (person for person in directory.people if directory.bar(person) in {None, "stale"})
    asked = book.members(groups, directory)
    return sorted(person for person in known if person in asked and person not in taken)[
        :_MOST_PEOPLE
    ]


def _route_of(book: Book, channel: str, escalation: Escalation) -> Route:
    """The route whose card did not get through."""
    routes = [book.route(need.route) for need in (escalation.shown_need, escalation.need)]
    of_channel = (one for one in routes if channel in {step.channel for step in _way(book, one)})
    return next(of_channel, routes[-1])


def _way(book: Book, start: Route) -> list[Route]:
    """The route and its fallbacks; the policy has made sure that they end."""
    way = [start]
    while way[-1].fallback is not None:
        way.append(book.route(way[-1].fallback))
    return way
