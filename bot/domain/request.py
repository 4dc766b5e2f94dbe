"""What an agent asks: the escalation as it was sent, checked field by field.

Bounds and names are the public contract of `POST /v1/escalations`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
    WrapValidator,
)

from bot.domain.durations import parse_duration

Kind = Literal["approval", "answer", "guidance"]
DecisionType = Literal["approve", "modify", "reject", "respond", "revise"]
Urgency = Literal["low", "normal", "high", "critical"]
#: What each kind can be answered with; an agent may only narrow it.
DECISIONS: dict[Kind, frozenset[DecisionType]] = {
    "approval": frozenset({"approve", "modify", "reject", "revise"}),
    "answer": frozenset({"approve", "modify", "reject", "revise"}),
    "guidance": frozenset({"respond", "reject"}),
}
#: After these nothing runs, whatever was asked.
REFUSALS: frozenset[DecisionType] = frozenset({"reject", "revise"})
URGENCIES: tuple[Urgency, ...] = ("low", "normal", "high", "critical")
RiskLevel = Literal["low", "medium", "high", "critical"]
RISK_LEVELS: tuple[RiskLevel, ...] = ("low", "medium", "high", "critical")


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        port_is_fine = parts.port != 0
    except ValueError:
        parts, port_is_fine = None, False
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http(s) address")
    if not port_is_fine or any(c.isspace() or ord(c) < 32 for c in value):
        raise ValueError("must be an http(s) address without spaces and with a valid port")
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must say something")
    return value


def _duration(value: str) -> str:
    if parse_duration(value).total_seconds() <= 0:
        raise ValueError("must be longer than zero")
    return value


def _text_or_object(longest: int) -> WrapValidator:
    """Text up to a length, or an object; one fault at one place when it is neither."""

    def check(value: Any, read: Callable[[Any], Any]) -> Any:
        try:
            return read(value)
        except ValidationError:
            raise ValueError(f"must be text of 1 to {longest} characters, or an object") from None

    return WrapValidator(check)


def _pointer(value: str) -> str:
    if not value.startswith("/"):
        raise ValueError("must be a JSON Pointer such as /amount")
    return value


Url = Annotated[str, StringConstraints(min_length=1, max_length=3000), AfterValidator(_web_address)]
Duration = Annotated[str, StringConstraints(max_length=64), AfterValidator(_duration)]
Pointer = Annotated[str, StringConstraints(min_length=1, max_length=512), AfterValidator(_pointer)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Long = Annotated[str, StringConstraints(min_length=1, max_length=3000)]
Page = Annotated[str, StringConstraints(min_length=1, max_length=12000)]
StepDone = Annotated[Short | dict[str, JsonValue], _text_or_object(300)]
Alternative = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=1000)] | dict[str, JsonValue],
    _text_or_object(1000),
]
Recommendation = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=2000)] | dict[str, JsonValue],
    _text_or_object(2000),
]


class Part(BaseModel):
    """A piece of a request: unknown fields are refused, so that a typo is never dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ToolCall(Part):
    """What the agent would run: the machine's own words, beside the agent's prose."""

    name: Name
    arguments: dict[str, JsonValue] = {}
    call_id: Name | None = None
    server: Name | None = Field(None, description="MCP server, namespace or system it acts on")
    description: Long | None = None
    input_schema: dict[str, JsonValue] | None = Field(
        None, description="JSON Schema 2020-12 of the arguments; drives the Modify form"
    )
    editable: list[Pointer] | None = Field(
        None, max_length=100, description="JSON Pointers; null: all declared properties"
    )
    sensitive: list[Pointer] = Field(
        [], max_length=100, description="JSON Pointers masked on cards, in logs and exports"
    )
    annotations: dict[str, bool] = Field({}, description="MCP hints, e.g. destructiveHint")


class Money(Part):
    amount: Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?$", max_length=32)]
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]


class Risk(Part):
    level: RiskLevel = "medium"
    reasons: list[Short] = Field([], max_length=20)
    reversibility: Literal["reversible", "compensable", "irreversible", "unknown"] = "unknown"
    blast_radius: Short | None = None
    cost: Money | None = None
    data_classes: list[Label] = Field([], max_length=20)


class Signal(Part):
    name: Label
    value: JsonValue
    threshold: JsonValue = None
    explanation: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None


class Evidence(Part):
    type: Literal["text", "markdown", "link", "diff", "json", "table", "image"]
    title: Annotated[str, StringConstraints(min_length=1, max_length=150)] | None = None
    content: JsonValue = None
    url: Url | None = None


class Attempt(Part):
    what: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    result: Long | None = None


class Retrieved(Part):
    title: Short | None = None
    url: Url | None = None
    text: Page | None = None
    score: Annotated[float, Field(allow_inf_nan=False)] | None = None


class Context(Part):
    """The agent's full state: how it thinks, what it tried, what it read."""

    reasoning: Page | None = None
    attempts: list[Attempt] = Field([], max_length=100)
    retrieved: list[Retrieved] = Field([], max_length=100)


class Option(Part):
    """One answer that a person can give with one click."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=75)]
    label: Annotated[
        str, StringConstraints(min_length=1, max_length=75), AfterValidator(_not_blank)
    ]
    description: Short | None = None
    value: JsonValue = None
    recommended: bool = False


class Checkpoint(Part):
    """Where a paused workflow stands. Further keys are kept and returned."""

    model_config = ConfigDict(extra="allow", frozen=True)

    workflow_id: Name
    run_id: Name | None = None
    step_id: Name | None = None
    completed_steps: list[StepDone] = Field(
        [], description="texts, or objects such as {step, result, timestamp}"
    )
    current_step: Short | None = None
    remaining_steps: list[Short] = []
    pause_reason: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = None
    agent_recommendation: Recommendation | None = None
    alternatives_considered: list[Alternative] = []


class Source(Part):
    """Where the agent says it comes from: shown, never believed."""

    framework: Label | None = None
    framework_version: Annotated[str, StringConstraints(max_length=32)] | None = None
    agent_version: Label | None = None
    environment: Annotated[str, StringConstraints(max_length=32)] | None = None
    on_behalf_of: Name | None = Field(None, description="who started the run: Slack id or e-mail")


Draft = Annotated[
    str, StringConstraints(min_length=1, max_length=12000), AfterValidator(_not_blank)
]
Action = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_not_blank)]
Because = Annotated[
    str, StringConstraints(min_length=1, max_length=3000), AfterValidator(_not_blank)
]


class Callback(Part):
    """The agent's own address; what is sent there is signed."""

    url: Url = Field(description="https; an address in a private network is refused")


class Request(Part):
    """An escalation as an agent sends it. `bot.domain.kinds` says which kind needs what."""

    kind: Kind = "approval"
    action: Action | None = Field(None, description="what will be done; kind approval needs it")
    reason: Because | None = Field(
        None, description="why it should be done; kind approval needs it"
    )
    impact: Because | None = Field(
        None, description="what the consequences will be; kind approval needs it"
    )
    body: Page | None = Field(None, description="more, as Markdown")
    question: Because | None = Field(None, description="what was asked; kind answer needs it")
    answer: Draft | None = Field(
        None, description="the draft of the answer; kind answer needs it, and only it has one"
    )
    checkpoint: Checkpoint | None = Field(
        None, description="where the workflow paused; kind guidance needs it"
    )
    options: list[Option] = Field(
        [], max_length=20, description="kind guidance only: each becomes a button"
    )
    response_schema: dict[str, JsonValue] | None = Field(
        None, description="kind guidance only: JSON Schema 2020-12 of `response`"
    )
    tool: ToolCall | None = None
    allowed_decisions: list[DecisionType] | None = Field(
        None, min_length=1, max_length=5, description="may only narrow what the kind allows"
    )
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    signals: list[Signal] = Field([], max_length=20)
    category: Label | None = None
    tags: list[Label] = Field([], max_length=20)
    risk: Risk = Risk()
    context: Context | None = None
    evidence: list[Evidence] = Field([], max_length=20)
    source: Source | None = None
    urgency: Urgency = "normal"
    group_key: Name | None = None
    deadline: AwareDatetime | None = None
    valid_for: Duration | None = None
    callback: Callback | None = Field(
        None, description="where to tell what became of it; needs a key with a callback secret"
    )
    supersedes: Name | None = Field(
        None, description="the agent's own escalation that people sent back with revise"
    )
    callback_state: JsonValue = Field(None, description="opaque; comes back with every answer")
    metadata: dict[str, JsonValue] = {}

    def facts(self) -> dict[str, Any]:
        """The request as plain JSON values, every field present."""
        return self.model_dump(mode="json")

    @property
    def decisions(self) -> frozenset[DecisionType]:
        """What people can choose: what the kind allows, narrowed by the agent."""
        own = DECISIONS[self.kind]
        return own if self.allowed_decisions is None else own & frozenset(self.allowed_decisions)

    @property
    def outside_domain(self) -> bool:
        """Whether its domain classifier does not say `true`: neither no nor doubt is a yes."""
        return any(one.name == "in_domain" and one.value is not True for one in self.signals)

    @property
    def headline(self) -> str:
        """What is asked, in the agent's own words, on one line if it has any."""
        if self.action:
            return self.action
        point = self.checkpoint
        if self.kind == "guidance" and point is not None:
            at = point.current_step or point.step_id
            return f"{point.workflow_id} paused at {at}" if at else f"{point.workflow_id} paused"
        return self.question or ""

    @property
    def dangerous(self) -> bool:
        """Whether an Approve deserves a second thought."""
        return self.risk.level in {"high", "critical"} or self.risk.reversibility == "irreversible"

    def edited(self, edit: Edit) -> Request:
        """The same request with what a person put in place of the agent's own."""
        if edit.answer is not None:
            return self.model_copy(update={"answer": edit.answer})
        return self if edit.arguments is None else self.with_arguments(edit.arguments)

    def with_arguments(self, arguments: dict[str, Any]) -> Request:
        """The same request with other arguments for its tool."""
        if self.tool is None:
            return self
        return self.model_copy(
            update={"tool": self.tool.model_copy(update={"arguments": arguments})}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a person put in place of the agent's own: all arguments of the tool, or the answer."""

    arguments: dict[str, Any] | None = None
    answer: str | None = None


def earliest(*moments: datetime | None) -> datetime:
    """The first of the moments that are set; at least one must be."""
    return min(moment for moment in moments if moment is not None)


def more_urgent(one: Urgency, other: Urgency) -> Urgency:
    """The higher of two urgencies."""
    return max(one, other, key=URGENCIES.index)
