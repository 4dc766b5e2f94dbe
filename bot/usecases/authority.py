"""Who may vote, asked at the moment of the vote and never of Slack."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.cards import wording_people
from bot.domain.errors import ForbiddenError, OwnEscalationError
from bot.domain.people import Actor, Caller, Clicker, Via
from bot.policy.allowed import key_may_decide, why_no_admin, why_not

if TYPE_CHECKING:
    from bot.domain.directory import Directory
    from bot.domain.escalation import Escalation, Need, Vote
    from bot.policy.book import Book

_NOBODY: frozenset[str] = frozenset()


class Voter(ABC):
    """Somebody who votes, as their door has identified them."""

    @abstractmethod
    def actor(self, directory: Directory) -> Actor:
        """How the decision names them."""

    @property
    @abstractmethod
    def ids(self) -> frozenset[str]:
        """The people whom the directory has to know before this vote can be judged."""

    @abstractmethod
    def why_not(
        self,
        book: Book,
        directory: Directory,
        seen: Escalation,
        need: Need,
        *,
        agreeing: bool,
        authors: frozenset[str] = _NOBODY,
    ) -> ForbiddenError | None:
        """The refusal for this route; None when their word counts there.

        `authors` wrote the edit that is to be agreed to.
        """

    def is_admin(self, book: Book, directory: Directory) -> bool:  # noqa: ARG002
        """Whether they may put in order what they are not asked to decide."""
        return False


@dataclass(frozen=True)
class SlackVoter(Voter):
    """A person whom Slack's signature vouches for."""

    clicker: Clicker
    via: Via

    def actor(self, directory: Directory) -> Actor:
        known = directory.people.get(self.clicker.id)
        return Actor(
            type="human",
            id=self.clicker.id,
            display_name=known.display_name if known else self.clicker.name,
            authenticated_by="slack",
            via=self.via,
        )

    @property
    def ids(self) -> frozenset[str]:
        return frozenset({self.clicker.id})

    def why_not(
        self,
        book: Book,
        directory: Directory,
        seen: Escalation,
        need: Need,
        *,
        agreeing: bool,
        authors: frozenset[str] = _NOBODY,
    ) -> ForbiddenError | None:
        denial = why_not(
            book, directory, seen, need, person=self.clicker, authors=authors, agreeing=agreeing
        )
        if denial is None:
            return None
        return ForbiddenError(wording_people.denied(denial, directory.now, book.timezone))

    def is_admin(self, book: Book, directory: Directory) -> bool:
        return why_no_admin(book, directory, self.clicker) is None


@dataclass(frozen=True)
class KeyVoter(Voter):
    """A program with a key of scope `decide`."""

    caller: Caller

    def actor(self, directory: Directory) -> Actor:  # noqa: ARG002
        return Actor(
            type="key",
            id=self.caller.agent,
            display_name=self.caller.agent,
            authenticated_by="api_key",
            via="api",
        )

    @property
    def ids(self) -> frozenset[str]:
        return self.caller.owners

    def why_not(
        self,
        book: Book,
        directory: Directory,
        seen: Escalation,
        need: Need,
        *,
        agreeing: bool,
        authors: frozenset[str] = _NOBODY,
    ) -> ForbiddenError | None:
        if self.caller.agent == seen.agent:
            return OwnEscalationError("An agent does not decide its own escalations.")
        if not key_may_decide(book, need, self.caller.agent):
            return ForbiddenError(
                f"The route {need.route!r} does not list {self.caller.agent!r} under `keys`."
            )
        strict = agreeing and book.route(need.route).no_self_approval
        if strict and self._is_self(directory, seen, authors):
            return ForbiddenError(
                f"The route {need.route!r} forbids self-approval: this key's owner asks, or this "
                "key wrote the edit."
            )
        return None

    def _is_self(self, directory: Directory, seen: Escalation, authors: frozenset[str]) -> bool:
        """A key speaks for its owners."""
        if self.caller.agent in authors or self.caller.owners & seen.owners:
            return True
        source = seen.request.source
        started_by = (source.on_behalf_of or "").strip().casefold() if source else ""
        known = [directory.people.get(owner) for owner in self.caller.owners]
        if "@" in started_by:
            # An owner whose address we cannot see may be the one.
            return any(
                one is None or not one.email or one.email.casefold() == started_by for one in known
            )
        return started_by in {owner.casefold() for owner in self.caller.owners}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A voter before one escalation, under the policy in force."""

    book: Book
    directory: Directory
    seen: Escalation
    voter: Voter

    def check_asked(self) -> None:
        """For a refusal or a proposal, being asked on any of its routes is enough.

        Raises ForbiddenError.
        """
        refusals = [
            self._why_not(need, agreeing=False) for need in (self.seen.need, self.seen.shown_need)
        ]
        if refusals[0] is not None and refusals[1] is not None:
            raise refusals[0]

    def check_may_arrange(self) -> None:
        """To take, assign, snooze, hurry or ask: who is asked to decide, and admins.

        Raises ForbiddenError.
        """
        if not self.voter.is_admin(self.book, self.directory):
            self.check_asked()

    def check_may_agree(self, need: Need, authors: frozenset[str]) -> None:
        """For an approval, on the route that this very action needs. Raises ForbiddenError."""
        refusal = self._why_not(need, agreeing=True, authors=authors)
        if refusal is not None:
            raise refusal

    def may_agree(self, need: Need, authors: frozenset[str]) -> bool:
        return self._why_not(need, agreeing=True, authors=authors) is None

    def _why_not(
        self, need: Need, *, agreeing: bool, authors: frozenset[str] = _NOBODY
    ) -> ForbiddenError | None:
        return self.voter.why_not(
            self.book, self.directory, self.seen, need, agreeing=agreeing, authors=authors
        )


def voters(escalation: Escalation) -> frozenset[str]:
    """Everybody who has voted."""
    return frozenset(vote.actor.id for vote in escalation.votes)


def as_it_counts(book: Book, directory: Directory, escalation: Escalation) -> Escalation:
    """The escalation with only those votes counting that count today.

    Whoever has left the route or lost their account since has no voice in what is still open.
    """
    proposal = escalation.proposal
    counted = tuple(
        replace(
            vote,
            counts=vote.counts
            and still_counts(
                book,
                directory,
                escalation,
                proposal.need
                if proposal and vote.effective_digest == proposal.digest
                else escalation.need,
                vote,
            ),
        )
        for vote in escalation.votes
    )
    return replace(escalation, votes=counted)


def still_counts(
    book: Book, directory: Directory, escalation: Escalation, need: Need, vote: Vote
) -> bool:
    """Whether somebody who agreed earlier could agree to the same today."""
    if vote.actor.type == "key":
        return key_may_decide(book, need, vote.actor.id)
    proposal = escalation.proposal
    wrote = proposal is not None and vote.effective_digest == proposal.digest
    person = Clicker(id=vote.actor.id, name=vote.actor.id, team_id=None)
    denial = why_not(
        book,
        directory,
        escalation,
        need,
        person=person,
        authors=frozenset({proposal.by.id}) if proposal and wrote else _NOBODY,
        fresh=False,
    )
    return denial is None
