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
    from bot.domain.escalation import Escalation, Need
    from bot.domain.request import DecisionType
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
        author: bool,
    ) -> ForbiddenError | None:
        """The refusal for this route; None when their word counts there."""


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
        author: bool,
    ) -> ForbiddenError | None:
        authors = {self.clicker.id} if author else set()
        if seen.proposal is not None and need == seen.proposal.need:
            authors.add(seen.proposal.by.id)
        reason = why_not(
            book,
            seen,
            need,
            person=self.clicker,
            known=known,
            team_id=desk.workspace.team_id if desk.workspace else None,
            owners=seen.owners,
            authors=frozenset(authors),
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
        author: bool,  # noqa: ARG002
    ) -> ForbiddenError | None:
        if self.caller.agent == seen.agent:
            return OwnEscalationError("An agent does not decide its own escalations.")
        if not key_may_decide(book, need, self.caller.agent):
            return ForbiddenError(
                f"The route {need.route!r} does not list {self.caller.agent!r} under `keys`."
            )
        return None


def check_may_vote(
    book: Book,
    seen: Escalation,
    need: Need | None,
    voter: Voter,
    known: Person | None,
    desk: Desk,
) -> None:
    """Raises ForbiddenError.

    With a need, for that action's route only; without one, as for a refusal or a proposal,
    being asked on any route of the escalation is enough.
    """
    wanted = [seen.need, seen.shown_need] if need is None else [need]
    refusals = [voter.why_not(desk, book, seen, one, known, author=False) for one in wanted]
    if all(refusal is not None for refusal in refusals):
        assert refusals[0] is not None  # noqa: S101 - there is always at least one route
        raise refusals[0]


def counts_for(
    book: Book,
    seen: Escalation,
    need: Need,
    choice: DecisionType,
    voter: Voter,
    known: Person | None,
    desk: Desk,
) -> bool:
    """Whether the vote also agrees to the action, or only proposes it."""
    author = choice == "modify"
    return voter.why_not(desk, book, seen, need, known, author=author) is None
