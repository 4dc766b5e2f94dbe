"""The shapes of what we answer, for the API's description; `bot.domain.resource` makes them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from bot.domain.escalation import OutcomeStatus, Provenance, Status
from bot.domain.people import ActorType, Proof, Via
from bot.domain.request import DecisionType, Request
from bot.usecases.categories import State


class Shape(BaseModel):
    """A piece of an answer. Later releases may add fields; none is renamed or dropped."""


class Actor(Shape):
    """Who did something, how we know, and through which door."""

    type: ActorType
    id: str
    display_name: str | None
    authenticated_by: Proof
    via: Via


class Vote(Shape):
    """One voice; a person's later vote replaces their earlier one."""

    actor: Actor
    type: DecisionType
    effective_digest: str | None = Field(description="the action it agrees to; null: a refusal")
    at: AwareDatetime
    comment: str | None
    counts: bool = Field(
        description="false: they agreed, but may not agree to this action, or not any more"
    )


class Decision(Shape):
    """The answer. Run `effective` and nothing else."""

    id: str
    type: DecisionType
    provenance: Provenance
    comment: str | None = Field(description="always there with reject and revise")
    guidance: str | None = Field(description="for the rest of the run")
    response: JsonValue
    option_ids: list[str]
    modified_arguments: dict[str, JsonValue] | None
    modified_answer: str | None
    effective: dict[str, Any] | None = Field(
        description="exactly what may run: {tool, arguments} or {action}; null when nothing may"
    )
    effective_digest: str | None = Field(
        description="`sha256:` and hex of SHA-256 over the RFC 8785 form of `effective`"
    )
    stop_run: bool
    decided_by: Actor
    decided_at: AwareDatetime
    expires_at: AwareDatetime | None = Field(description="redeem before this")
    rule: str | None
    votes: list[Vote]
    policy_version: str


class Redeemed(Shape):
    """Who was handed the approval, once."""

    redeem_id: str
    at: AwareDatetime


class Outcome(Shape):
    """What the agent said became of the action."""

    status: OutcomeStatus
    note: str | None
    reported_at: AwareDatetime


class Named(Shape):
    """Somebody who says something: a person, or the agent (type `key`)."""

    type: ActorType
    id: str
    display_name: str | None


class Message(Shape):
    """A person's question, or the agent's answer."""

    id: str
    sender: Named = Field(alias="from")
    text: str
    at: AwareDatetime


class RunGuidance(Shape):
    """What a person said for the rest of the run, with the decision of another escalation."""

    escalation_id: str
    sender: Named = Field(alias="from")
    text: str
    at: AwareDatetime


class Escalation(Request):
    """One question of one agent, and everything that became of it: the request and the rest."""

    model_config = ConfigDict(extra="ignore", title="Escalation")

    id: str = Field(description="`esc_…`; sorts by time")
    status: Status
    version: int = Field(description="grows with every change; the ETag")
    created_at: AwareDatetime
    expires_at: AwareDatetime
    action_digest: str = Field(description="hash of what the request would run")
    agent: str
    handoff: str = Field(description="a sentence for the end user while a person looks at it")
    permalink: str | None = Field(description="the card in Slack")
    messages: list[Message] = Field(description="questions and answers, oldest first")
    run_guidance: list[RunGuidance] = Field(
        description="what held for this `group_key` when it was asked, oldest first"
    )
    decision: Decision | None
    redeemed: Redeemed | None
    outcome: Outcome | None


class EscalationPage(Shape):
    """Oldest first."""

    items: list[Escalation]
    next: str | None = Field(description="send it as `after`; null at the end")


class Queue(Shape):
    """What waits for people now."""

    open: int
    oldest_seconds: float = Field(description="age of the oldest open one; 0 when none is open")
    by_urgency: dict[str, int]
    by_route: dict[str, int]


class CategoryError(Shape):
    """How often people disagreed with the cases that they were asked about, not with all."""

    rate: float | None = Field(description="an edit counts half; null where nobody decided")
    low: float | None = Field(description="of the interval of 95 % (Wilson)")
    high: float | None
    reviewed: int = Field(description="on how many decisions of people it stands")


class Category(Shape):
    """One category, as the last 28 days have it."""

    name: str
    state: State = Field(
        description="fixed: delivers from its threshold on; person: people see all of it; "
        "unlisted: the policy does not know it. Of one that is learned: warming, gathering, open, "
        "suspicious (delivers, and every delivery is reviewed), closed, frozen, always_ask"
    )
    volume: int = Field(description="cases")
    escalation_rate: float | None = Field(
        description="the share of them that people were asked about; null without a case"
    )
    target_escalation_rate: float | None
    threshold: float | None = Field(description="the least score that the policy lets pass")
    evidence: float | None = Field(
        description="of one that is learned: the odds that its promise holds, such as 24.0 for 24:1"
    )
    error: CategoryError
    expires_at: AwareDatetime | None = Field(
        description="when what was learned has to be learned anew"
    )
    audit_rate: float | None = Field(
        description="the share of what goes out by itself that people review afterwards, by chance"
    )


class CategoryList(Shape):
    """In the order of the policy, then by name."""

    items: list[Category]


class OutputAnswer(Shape):
    """What becomes of one output."""

    id: str = Field(description="the agent's own")
    sampled: bool = Field(description="whether people look at it")
    why: str | None = Field(
        description="what is unusual about it, or what it is another try of; null: nothing to say"
    )


class OutputAnswers(Shape):
    """In the order in which they were reported."""

    items: list[OutputAnswer]


class Handout(Shape):
    """What the winning redeemer may run, the same for ever."""

    id: str
    decision_id: str
    effective: dict[str, Any]
    effective_digest: str
    redeemed: Redeemed


class ErrorItem(Shape):
    """One thing that is wrong."""

    pointer: str = Field(description="JSON Pointer (RFC 6901) into the body; ?name: a parameter")
    message: str


class Problem(Shape):
    """Every error (RFC 9457). `code` is for programs and stays; the sentences may change."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ErrorItem] | None = None


class Health(Shape):
    """The process answers."""

    status: Literal["ok"]
