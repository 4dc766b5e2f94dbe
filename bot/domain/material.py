"""What a reviewer looks at, whether it was asked as an escalation or reported as an output."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bot.domain.request import ToolCall

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.domain.output import Content, Output, ToolUse

#: What a text of it is. `answer` and `output` are what went out.
TextOf = Literal["question", "why", "what_happens", "answer", "input", "output"]
#: What a call returned, beside its arguments.
RETURNED = "→"
#: So much of a text is shown anywhere, and so long is a headline; what is longer has only to be
#: seen to be cut off.
_READ, _LINE = 20_000, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything but the last part may be shown before the verdict."""

    agent: str
    #: What was asked of the agent, or what it asked; empty where no line says it.
    headline: str
    #: Those that are empty say nothing.
    texts: tuple[tuple[TextOf, str], ...]
    tools: tuple[ToolCall, ...] = ()
    #: Whose agent it is, and who started its run: none of them may review it.
    owners: frozenset[str] = frozenset()
    started_by: str = ""
    #: Only afterwards: how sure the agent was, and by what it went out.
    confidence: float | None = None
    rule: str | None = None
    trace: str | None = None


def material_of_case(case: Escalation) -> Material:
    request = case.request
    if request.answer is not None:
        texts: tuple[tuple[TextOf, str], ...] = (("answer", request.answer),)
    else:
        texts = (("why", request.reason or ""), ("what_happens", request.impact or ""))
    source = request.source
    return Material(
        agent=case.agent,
        headline=request.headline,
        texts=texts,
        tools=() if request.tool is None else (request.tool,),
        owners=case.owners,
        started_by=(source.on_behalf_of or "") if source else "",
        confidence=request.confidence,
        rule=case.rule,
        trace=case.trace,
    )


def material_of_output(output: Output, content: Content) -> Material:
    asked = _text(content.input)
    # A question of one line is a headline, and need not stand there twice.
    one_line = isinstance(content.input, str) and len(asked) <= _LINE and "\n" not in asked
    return Material(
        agent=output.agent,
        headline=asked if one_line else "",
        texts=(("input", "" if one_line else asked), ("output", _text(content.output))),
        tools=tuple(map(_call, content.tool_calls)),
        owners=content.owners,
        confidence=content.confidence,
    )


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return text[:_READ]


def _call(use: ToolUse) -> ToolCall:
    arguments: dict[str, Any]
    if use.arguments is None:
        arguments = {}
    elif isinstance(use.arguments, dict):
        arguments = dict(use.arguments)
    else:
        arguments = {"arguments": use.arguments}
    if use.result is not None:
        arguments[RETURNED] = use.result
    return ToolCall(name=use.name, arguments=arguments)
