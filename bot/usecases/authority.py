"""Who may vote, asked at the moment of the vote and never of Slack."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.errors import ForbiddenError, OwnEscalationError
from bot.domain.people import Actor, Caller, Clicker, Person, Via
from bot.policy.allowed import key_may_decide, why_not
from bot.store import people

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation, Need, Vote
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk


class Voter(ABC):
    """Somebody who votes, as their door has identified them."""

    @abstractmethod
    def actor(self, known: Person | None) -> Actor:
        """How the decision names them."""

    @abstractmethod
    def known(self, tx: Tx) -> Person | None:
        """What our people table says of them."""

    @abstractmethod
    def why_not(
        self,
        desk: Desk,
        book: Book,
        seen: Escalation,
        need: Need,
        known: Person | None,
        *,
        agreeing: bool,
        authors: frozenset[str] = frozenset(),
    ) -> ForbiddenError | None:
        """The refusal for this route; None when their word counts there.

        `authors` wrote the edit that is to be agreed to.
        """


@dataclass(frozen=True)
class SlackVoter(Voter):
    """A person whom Slack's signature vouches for."""

    clicker: Clicker
    via: Via

    def actor(self, known: Person | None) -> Actor:
        return Actor(
            type="human",
            id=self.clicker.id,
            display_name=known.display_name if known else self.clicker.name,
            authenticated_by="slack",
            via=self.via,
        )

    def known(self, tx: Tx) -> Person | None:
        return people.find(tx, [self.clicker.id]).get(self.clicker.id)

    def why_not(
        self,
        desk: Desk,
        book: Book,
        seen: Escalation,
        need: Need,
        known: Person | None,
        *,
        agreeing: bool,
        authors: frozenset[str] = frozenset(),
    ) -> ForbiddenError | None:
        reason = why_not(
            book,
            seen,
            need,
            person=self.clicker,
            known=known,
            team_id=desk.workspace.team_id if desk.workspace else None,
            owners=seen.owners,
            authors=authors,
            agreeing=agreeing,
        )
        return None if reason is None else ForbiddenError(reason)


@dataclass(frozen=True)
class KeyVoter(Voter):
    """A program with a key of scope `decide`."""

    caller: Caller

    def actor(self, known: Person | None) -> Actor:  # noqa: ARG002
        return Actor(
            type="key",
            id=self.caller.agent,
            display_name=self.caller.agent,
            authenticated_by="api_key",
            via="api",
        )

    def known(self, tx: Tx) -> Person | None:  # noqa: ARG002
        return None

    def why_not(
        self,
        desk: Desk,  # noqa: ARG002
        book: Book,
        seen: Escalation,
        need: Need,
        known: Person | None,  # noqa: ARG002
        *,
        agreeing: bool,
        authors: frozenset[str] = frozenset(),
    ) -> ForbiddenError | None:
        if self.caller.agent == seen.agent:
            return OwnEscalationError("An agent does not decide its own escalations.")
        if not key_may_decide(book, need, self.caller.agent):
            return ForbiddenError(
                f"The route {need.route!r} does not list {self.caller.agent!r} under `keys`."
            )
        if agreeing and book.route(need.route).no_self_approval and self._is_self(seen, authors):
            return ForbiddenError(
                f"The route {need.route!r} forbids self-approval: this key's owner asks, or this "
                "key wrote the edit."
            )
        return None

    def _is_self(self, seen: Escalation, authors: frozenset[str]) -> bool:
        """A key speaks for its owners."""
        source = seen.request.source
        started_by = source.on_behalf_of if source else None
        return (
            self.caller.agent in authors
            or bool(self.caller.owners & seen.owners)
            or started_by in self.caller.owners
        )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A voter before one escalation, under the policy in force."""

    desk: Desk
    book: Book
    seen: Escalation
    voter: Voter
    known: Person | None

    def check_asked(self) -> None:
        """For a refusal or a proposal, being asked on any of its routes is enough.

        Raises ForbiddenError.
        """
        refusals = [
            self._why_not(need, agreeing=False) for need in (self.seen.need, self.seen.shown_need)
        ]
        if refusals[0] is not None and refusals[1] is not None:
            raise refusals[0]

    def check_may_agree(self, need: Need, authors: frozenset[str]) -> None:
        """For an approval, on the route that this very action needs. Raises ForbiddenError."""
        refusal = self._why_not(need, agreeing=True, authors=authors)
        if refusal is not None:
            raise refusal

    def may_agree(self, need: Need, authors: frozenset[str]) -> bool:
        return self._why_not(need, agreeing=True, authors=authors) is None

    def _why_not(
        self, need: Need, *, agreeing: bool, authors: frozenset[str] = frozenset()
    ) -> ForbiddenError | None:
        return self.voter.why_not(
            self.desk, self.book, self.seen, need, self.known, agreeing=agreeing, authors=authors
        )


def still_asked(book: Book, need: Need, vote: Vote) -> bool:
    """Whether somebody who agreed earlier is one of the route's people today."""
    if vote.actor.type == "key":
        return key_may_decide(book, need, vote.actor.id)
    return vote.actor.id in book.reviewers(need.route)
