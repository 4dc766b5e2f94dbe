"""The escalation, its states, and the only ways from one to the next.

open ──decide──▶ decided · open ──deadline──▶ expired · open ──withdraw──▶ cancelled
Votes, a proposal, the redeeming and the outcome are facts beside the state, never states.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.domain.conversation import MOST_MESSAGES, Message
from bot.domain.errors import (
    AlreadyRedeemedError,
    AlreadySettledError,
    ApprovalExpiredError,
    DigestMismatchError,
    Fault,
    InvalidError,
    NothingToRunError,
    OutcomeRecordedError,
)
from bot.domain.hands import NOBODY, TAKEN_FOR, Assigned, Hands, Snoozed, Taken
from bot.domain.pause import Pause
from bot.domain.people import Actor, Named
from bot.domain.request import DecisionType, Edit, Request, Urgency
from bot.domain.run import RunGuidance

Status = Literal["open", "decided", "expired", "cancelled"]
Provenance = Literal["human", "rule", "timeout"]
#: What becomes of a question that nobody has answered by its deadline.
OnTimeout = Literal["expire", "reject", "approve"]
OutcomeStatus = Literal["succeeded", "failed", "not_run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Whose agreement an action needs, and how often."""

    route: str
    approvals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One voice. A person's later vote replaces their earlier one."""

    actor: Actor
    type: DecisionType
    #: The action it agrees to; None for a refusal.
    effective_digest: str | None
    at: datetime
    comment: str | None = None
    guidance: str | None = None
    stop_run: bool = False
    #: False where the voter may propose the action but not agree to it.
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An edit that waits for the agreement it needs; the card shows it in place of the request."""

    arguments: dict[str, Any] | None = None
    answer: str | None = None
    digest: str
    need: Need
    by: Actor

    @property
    def edit(self) -> Edit:
        return Edit(arguments=self.arguments, answer=self.answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer. `effective` is exactly what may run; None when nothing may."""

    id: str
    type: DecisionType
    provenance: Provenance
    effective: dict[str, Any] | None
    effective_digest: str | None
    modified_arguments: dict[str, Any] | None
    modified_answer: str | None = None
    #: Of `respond` only: the options that were chosen, and the words or values that were given.
    option_ids: tuple[str, ...] = ()
    response: Any = None
    comment: str | None
    guidance: str | None
    stop_run: bool
    decided_by: Actor
    decided_at: datetime
    #: Until when it can be redeemed; None where nothing may run.
    expires_at: datetime | None
    rule: str | None
    votes: tuple[Vote, ...]
    policy_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A click that completes the decision, and can be taken back `until` then."""

    decision: Decision
    until: datetime

    @property
    def agrees(self) -> bool:
        """Whether somebody else's rejection comes before it."""
        return self.decision.type not in {"reject", "revise"}

    @property
    def number(self) -> int:
        """What tells it from another one of the same escalation, on a button."""
        return int(self.until.timestamp()) % 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    redeem_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    status: OutcomeStatus
    note: str | None
    reported_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """One question of one agent, and everything that became of it."""

    id: str
    agent: str
    owners: frozenset[str]
    status: Status
    #: Grows with every change that a reader of the resource could see.
    version: int
    created_at: datetime
    expires_at: datetime
    request: Request
    action_digest: str
    urgency: Urgency
    need: Need
    valid_for: timedelta
    #: The policy's rule that brought it here, and why, in words for the card.
    rule: str | None
    why: str | None
    #: A sentence for the agent's own end user while a person looks at it.
    handoff: str
    #: The digest that collects it, and the slot that it was promised; None: it had its own card.
    digest: str | None = None
    digest_due: datetime | None = None
    votes: tuple[Vote, ...] = ()
    proposal: Proposal | None = None
    decision: Decision | None = None
    settled_at: datetime | None = None
    redeemed: Redeemed | None = None
    outcome: Outcome | None = None
    permalink: str | None = None
    #: Where the agent's request stands in its own trace; handed on, and no part of the resource.
    trace: str | None = None
    #: What the deadline does, as it was said when it was asked.
    on_timeout: OnTimeout = "expire"
    #: How many of the route's reminders and tiers are behind it.
    reminded: int = 0
    tier: int = 0
    intent: Intent | None = None
    #: Its agent is paused now: read beside it by whoever shows it, and no part of what is stored.
    pause: Pause | None = None
    #: Who looks at it, who was named, and until when nobody is reminded.
    hands: Hands = NOBODY
    #: What held for the rest of its run when it was asked, oldest first.
    run_guidance: tuple[RunGuidance, ...] = ()
    #: A person's answer is evidence for what its category may deliver.
    learns: bool = False
    #: Between people and the agent, oldest first.
    messages: tuple[Message, ...] = ()

    @property
    def asked_at(self) -> datetime:
        """From when people are asked: what can wait is shown to them with its digest."""
        return self.digest_due or self.created_at

    @property
    def snoozed_until(self) -> datetime | None:
        """Until then nobody is reminded of it."""
        return self.hands.snoozed.until if self.hands.snoozed else None

    @property
    def shown(self) -> Request:
        """The action that stands on the card: the proposal if there is one."""
        if self.proposal is None:
            return self.request
        return self.request.edited(self.proposal.edit)

    @property
    def shown_digest(self) -> str:
        return self.proposal.digest if self.proposal else self.action_digest

    @property
    def shown_need(self) -> Need:
        return self.proposal.need if self.proposal else self.need

    def overdue(self, now: datetime) -> bool:
        """Open although its time is over; whoever finds it so settles it first."""
        return self.status == "open" and now >= self.expires_at

    def ended(self, now: datetime) -> bool:
        """Open, and nobody can say anything to it any more: time is over, or a click counts now."""
        counts = self.intent is not None and now >= self.intent.until
        return self.overdue(now) or (self.status == "open" and counts)

    def refuse_if_settled(self) -> None:
        """Raises AlreadySettledError, which says what became of it."""
        if self.status != "open":
            raise AlreadySettledError(settled_in_words(self))

    def count(self, vote: Vote) -> Escalation:
        """The escalation with this voice added, and the same voter's earlier one replaced."""
        self.refuse_if_settled()
        voter = (vote.actor.type, vote.actor.id)
        others = tuple(v for v in self.votes if (v.actor.type, v.actor.id) != voter)
        return replace(self, votes=(*others, vote), version=self.version + 1)

    def agreeing(self, effective_digest: str) -> tuple[Vote, ...]:
        """The votes that count for one action. Votes for another don't carry over."""
        return tuple(v for v in self.votes if v.effective_digest == effective_digest and v.counts)

    def take(self, by: Actor, at: datetime) -> Escalation:
        """Somebody looks at it now, so it sleeps no longer. Votes stay, and others may decide."""
        self.refuse_if_settled()
        until = min(at + TAKEN_FOR, self.expires_at)
        return self._in_hand(replace(self.hands, taken=Taken(by=by, until=until), snoozed=None))

    def release(self, person_id: str) -> Escalation:
        """This person no longer looks at it, and is not the one who was named."""
        self.refuse_if_settled()
        taken, assigned = self.hands.taken, self.hands.assigned
        return self._in_hand(
            replace(
                self.hands,
                taken=None if taken and taken.by.id == person_id else taken,
                assigned=None if assigned and assigned.to.id == person_id else assigned,
            )
        )

    def assign(self, to: Named, by: Actor) -> Escalation:
        self.refuse_if_settled()
        return self._in_hand(replace(self.hands, assigned=Assigned(to=to, by=by)))

    def snooze(self, by: Actor, until: datetime) -> Escalation:
        """Nobody looks at it before then, so whoever snoozes it lets go of it."""
        self.refuse_if_settled()
        taken = self.hands.taken
        kept = None if taken and taken.by.id == by.id else taken
        return self._in_hand(replace(self.hands, taken=kept, snoozed=Snoozed(by=by, until=until)))

    def let_go(self, at: datetime) -> Escalation:
        """What was taken is free again, and what was snoozed is awake, where its time is over."""
        taken, snoozed = self.hands.taken, self.hands.snoozed
        return self._in_hand(
            replace(
                self.hands,
                taken=None if taken and taken.until <= at else taken,
                snoozed=None if snoozed and snoozed.until <= at else snoozed,
            )
        )

    def hurry(self, urgency: Urgency) -> Escalation:
        """As urgent as people say, whatever the agent has said; so it sleeps no longer."""
        self.refuse_if_settled()
        hands = replace(self.hands, snoozed=None)
        return replace(self, urgency=urgency, hands=hands, version=self.version + 1)

    @property
    def unanswered(self) -> tuple[Message, ...]:
        """What people have asked since the agent spoke last."""
        answers = [at for at, one in enumerate(self.messages, 1) if one.from_agent]
        return self.messages[answers[-1] if answers else 0 :]

    def say(self, message: Message) -> Escalation:
        """One more message; the same one again changes nothing. Raises InvalidError."""
        if self._heard(message):
            return self
        self.refuse_if_settled()
        mine = [one for one in self.messages if one.from_agent == message.from_agent]
        if len(mine) >= MOST_MESSAGES:
            who = "The agent has" if message.from_agent else "People have"
            raise InvalidError(
                f"{who} said all {MOST_MESSAGES} messages that one question may have. "
                "Wait for the decision, or decide.",
                [Fault("/text", f"is one more than the {MOST_MESSAGES} that are allowed")],
            )
        return replace(self, messages=(*self.messages, message), version=self.version + 1)

    def _heard(self, message: Message) -> bool:
        """A delivery that came twice; of an agent, its last words once more."""
        if message.source is not None:
            return any(one.source == message.source for one in self.messages)
        last = self.messages[-1] if self.messages else None
        return last is not None and (last.sender, last.text) == (message.sender, message.text)

    def _in_hand(self, hands: Hands) -> Escalation:
        if hands == self.hands:
            return self
        return replace(self, hands=hands, version=self.version + 1)

    def decide(self, decision: Decision) -> Escalation:
        """Open → decided."""
        self.refuse_if_settled()
        return replace(
            self, status="decided", decision=decision, settled_at=decision.decided_at,
            proposal=None, intent=None, version=self.version + 1,
        )  # fmt: skip

    def intend(self, intent: Intent) -> Escalation:
        """Still open: the decision is made, and counts when nobody has taken it back by then."""
        self.refuse_if_settled()
        return replace(self, intent=intent, version=self.version + 1)

    def take_back(self) -> Escalation:
        """As if the click had not been."""
        assert self.intent is not None  # noqa: S101 - the caller has looked
        by = self.intent.decision.decided_by
        votes = tuple(v for v in self.votes if (v.actor.type, v.actor.id) != (by.type, by.id))
        return replace(self, votes=votes, intent=None, version=self.version + 1)

    def expire(self, at: datetime) -> Escalation:
        """Open → expired."""
        self.refuse_if_settled()
        return replace(self, status="expired", settled_at=at, version=self.version + 1)

    def cancel(self, at: datetime) -> Escalation:
        """Open → cancelled. Saying it again changes nothing."""
        if self.status == "cancelled":
            return self
        self.refuse_if_settled()
        return replace(
            self, status="cancelled", settled_at=at, intent=None, version=self.version + 1
        )

    def redeem(
        self, redeem_id: str, expected: str | None, at: datetime, *, pause: Pause | None = None
    ) -> Escalation:
        """Hand the approval to one redeemer; the winner may ask for ever. `pause` is its agent's.

        The order of the checks is the contract's: an agent can rely on which answer it gets.
        """
        decision = self.decision
        if decision is None or decision.effective is None:
            raise NothingToRunError(_why_nothing_runs(self))
        if expected is not None and expected != decision.effective_digest:
            raise DigestMismatchError(
                f"The decision is for {decision.effective_digest}; you sent {expected}. "
                "Run only `effective` of the decision. Nothing was used up."
            )
        if self.redeemed is not None:
            if self.redeemed.redeem_id == redeem_id:
                return self
            raise AlreadyRedeemedError(
                f"Another redeemer was handed this approval at {self.redeemed.at:%H:%M:%S} UTC. "
                "Do not run the action."
            )
        if pause is not None:
            raise pause.refusal(at)
        if decision.expires_at is not None and at >= decision.expires_at:
            raise ApprovalExpiredError(
                f"The approval was good until {decision.expires_at.isoformat()}. Ask again."
            )
        return replace(
            self, redeemed=Redeemed(redeem_id=redeem_id, at=at), version=self.version + 1
        )

    def report(self, outcome: Outcome) -> Escalation:
        """What became of the action. The same report again changes nothing."""
        if self.status == "open":
            raise NothingToRunError("The escalation is still open: there is nothing to report yet.")
        if self.outcome is not None:
            if (self.outcome.status, self.outcome.note) == (outcome.status, outcome.note):
                return self
            raise OutcomeRecordedError(
                f"The outcome {self.outcome.status!r} was reported before; it stays."
            )
        ran = outcome.status != "not_run"
        if ran and (self.decision is None or self.decision.effective is None):
            raise NothingToRunError(
                "Nothing was allowed to run, so only the outcome not_run can be reported."
            )
        return replace(self, outcome=outcome, version=self.version + 1)


def settled_in_words(escalation: Escalation) -> str:
    """What became of it, for a program's author."""
    decision = escalation.decision
    if decision is not None and decision.provenance == "timeout":
        did = "approved" if decision.effective is not None else "rejected"
        by = escalation.expires_at.isoformat()
        return f"Nobody answered by {by}, so it was {did}, as the policy says."
    if decision is not None:
        who = decision.decided_by.display_name or decision.decided_by.id
        return f"{who} decided this ({decision.type}) at {decision.decided_at.isoformat()}."
    if escalation.status == "expired":
        return f"Nobody answered by {escalation.expires_at.isoformat()}; it has expired."
    return "The agent cancelled it."


def _why_nothing_runs(escalation: Escalation) -> str:
    if escalation.status == "open":
        return "Nobody has decided yet. Wait with GET …?wait=55."
    return settled_in_words(escalation) + " Nothing may run."
