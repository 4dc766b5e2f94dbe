"""Everything that can be refused, as one tree.

    PullcordError
    ├── InvalidError               invalid: something in the request is wrong, with pointers
    │   └── OwnerRequiredError     owner_required
    ├── KeyReusedError             idempotency_key_reused
    ├── NotFoundError              not_found
    ├── UnauthorizedError          unauthorized
    ├── ForbiddenError             forbidden
    │   └── OwnEscalationError     own_escalation
    ├── AlreadySettledError        already_settled
    ├── PendingError               decision_pending: made, and not yet in force
    ├── StaleActionError           digest_mismatch: what was shown is no longer what would run
    ├── DigestMismatchError        digest_mismatch
    ├── NothingToRunError          nothing_to_run
    ├── AlreadyRedeemedError       already_redeemed
    ├── ApprovalExpiredError       approval_expired
    ├── OutcomeRecordedError       outcome_recorded
    ├── RateLimitedError           rate_limited: too many questions, at once or unanswered
    ├── AgentPausedError           agent_paused: people have stopped this agent for a while
    ├── MalformedError             malformed_json: no JSON at all (in `intake`)
    ├── PolicyError                policy: the policy file, with its findings (in `bot.policy`)
    └── UnavailableError           unavailable: the database cannot answer just now
        ├── BusyError              unavailable: somebody holds what is needed
        └── UncertainError         unavailable: and whether it has written is not known

The `code` is for programs and stays; the sentence is for people and may change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class PullcordError(Exception):
    """A refusal that its reader can do something about."""

    code: ClassVar[str]
    #: What the verb wrote before it refused is still committed.
    keeps_work: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in what was sent; `pointer` is an RFC 6901 JSON Pointer."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much an agent may still ask, by the name of what bounds it."""

    name: str
    quota: int
    left: int
    #: Seconds of the window, where it has one, and until more is allowed.
    window: int | None
    reset: int


class InvalidError(PullcordError):
    """What was sent cannot be used as it is."""

    code = "invalid"

    def __init__(self, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.faults = tuple(faults)


class OwnerRequiredError(InvalidError):
    """The route forbids self-approval, so somebody must own the key."""

    code = "owner_required"


class KeyReusedError(PullcordError):
    """An idempotency key came back with another body."""

    code = "idempotency_key_reused"


class NotFoundError(PullcordError):
    """There is no such thing, or it belongs to somebody else."""

    code = "not_found"


class UnauthorizedError(PullcordError):
    """The key is missing, unknown, expired or revoked."""

    code = "unauthorized"


class ForbiddenError(PullcordError):
    """The key or the person may not do this."""

    code = "forbidden"


class OwnEscalationError(ForbiddenError):
    """Nobody decides what they asked themselves."""

    code = "own_escalation"


class AlreadySettledError(PullcordError):
    """Someone was faster, or time ran out.

    An overdue escalation is settled by the verb that finds it, so the work is kept.
    """

    code = "already_settled"
    keeps_work = True


class PendingError(PullcordError):
    """Somebody has decided, and can still take it back; until then only a rejection counts."""

    code = "decision_pending"


class StaleActionError(PullcordError):
    """The action changed after it was shown, so the vote would mean something else."""

    code = "digest_mismatch"


class DigestMismatchError(PullcordError):
    """The agent holds another action than the one that was decided."""

    code = "digest_mismatch"


class NothingToRunError(PullcordError):
    """No decision allows anything to run."""

    code = "nothing_to_run"


class AlreadyRedeemedError(PullcordError):
    """Another redeemer was handed this approval."""

    code = "already_redeemed"


class ApprovalExpiredError(PullcordError):
    """The approval was not redeemed in time."""

    code = "approval_expired"


class OutcomeRecordedError(PullcordError):
    """Another outcome was reported before."""

    code = "outcome_recorded"


class RateLimitedError(PullcordError):
    """The agent asks too fast, or has too many open questions; it may ask again later."""

    code = "rate_limited"

    def __init__(self, detail: str, allowance: Allowance, *, crowded: bool) -> None:
        super().__init__(detail)
        self.allowance = allowance
        #: Too many are open: the operators should know.
        self.crowded = crowded


class AgentPausedError(PullcordError):
    """The agent is paused: it asks nothing new, and nothing may be run for it."""

    code = "agent_paused"

    def __init__(
        self, detail: str, *, agent: str, until: datetime | None, retry_after: int
    ) -> None:
        super().__init__(detail)
        self.agent = agent
        self.until = until
        #: Seconds.
        self.retry_after = retry_after


class UnavailableError(PullcordError):
    """The database cannot answer just now; nothing was changed."""

    code = "unavailable"


class UncertainError(UnavailableError):
    """The answer to a commit was lost: perhaps all was changed, perhaps nothing."""


class BusyError(UnavailableError):
    """Somebody holds a table that this needs whole; nothing was changed."""
