"""What an agent did without asking: as it reports it, and as it is remembered."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, JsonValue

from bot.domain.digest import digest
from bot.domain.intake import inexact, model_from, parse, refuse
from bot.domain.request import Label, Name, Part, Signal
from bot.domain.review import Chosen

MOST_ITEMS = 500
_MOST_CALLS = 200
# Shorter ones are exact everywhere.
_LONG_NUMBER = re.compile(rb"[0-9]{16}|[0-9][eE]")


class ToolUse(Part):
    """One call of a tool on the way to the output."""

    name: Name
    arguments: JsonValue = None
    result: JsonValue = None
    call_id: Name | None = None


class OutputItem(Part):
    """One thing that went out without a person."""

    id: Name = Field(description="the agent's own; the same again gets the same answer")
    category: Label
    input: JsonValue = Field(description="what was asked of the agent: text, or any JSON")
    output: JsonValue = Field(description="what it did or said: text, or any JSON")
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    signals: list[Signal] = Field([], max_length=20)
    tool_calls: list[ToolUse] = Field([], max_length=_MOST_CALLS, description="in their order")
    agent_version: Label | None = Field(
        None, description="what is unusual is told apart by it: a release is no anomaly"
    )
    re_evaluates: Name | None = Field(
        None, description="the id of an earlier output that was wrong, of which this is another try"
    )
    metadata: dict[str, JsonValue] = Field({}, description="kept with it, and returned")


class OutputBatch(Part):
    """What an agent reports at once; all of it is taken, or nothing."""

    items: list[OutputItem] = Field(min_length=1, max_length=MOST_ITEMS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """An item, and the hash of all that it says."""

    item: OutputItem
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a reviewer reads of an output; kept of those that somebody shall look at."""

    input: Any
    output: Any
    tool_calls: tuple[ToolUse, ...] = ()
    signals: tuple[Signal, ...] = ()
    metadata: dict[str, Any]
    confidence: float | None = None
    #: Whose agent it is.
    owners: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How long an output was and which tools it took: what can be unusual about it."""

    length: int
    calls: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """How unusual it was beside the last of its kind; `reason` where it is among the most so."""

    score: float
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One output as it is remembered. What is `chosen` is put to people."""

    id: str
    agent: str
    #: The agent's own id of it; None of an action that a rule approved.
    item_id: str | None
    #: What the same id must say when it comes again.
    digest: str
    category: str
    #: Empty where the agent says nothing of it.
    agent_version: str
    at: datetime
    score: float | None
    shape: Shape
    #: Which third of the day's scores it falls into; 0 has the lowest, and those without one.
    third: int = 0
    #: The chance that the coin had, and how it fell. None: no coin was tossed.
    pi: float | None = None
    coin: bool = False
    anomaly: Anomaly | None = None
    re_evaluates: str | None = None
    #: Of an action that a rule approved.
    escalation_id: str | None = None
    chosen: Chosen | None = None


def batch_from(body: bytes) -> list[Reported]:
    """The items of a body. Raises MalformedError, InvalidError."""
    parsed = parse(body)
    batch = model_from(OutputBatch, parsed)
    # Looking at each value takes longer than reading it, and nearly nobody sends such numbers.
    if _LONG_NUMBER.search(body) and (faults := inexact(parsed, "")):
        refuse(faults)
    return [
        Reported(item=item, digest=digest(sent))
        for item, sent in zip(batch.items, parsed["items"], strict=True)
    ]


def shape_of(item: OutputItem) -> Shape:
    said = item.output if isinstance(item.output, str) else json.dumps(item.output)
    return Shape(length=len(said), calls=tuple(one.name for one in item.tool_calls))


def content_of(item: OutputItem, owners: frozenset[str]) -> Content:
    return Content(
        input=item.input,
        output=item.output,
        tool_calls=tuple(item.tool_calls),
        signals=tuple(item.signals),
        metadata=item.metadata,
        confidence=item.confidence,
        owners=owners,
    )
