"""What many approved cases have in common, and whether another one has it too."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from bot.domain.overlay import Pattern
from bot.domain.request import RISK_LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.overlay import Scalar
    from bot.domain.request import Request
    from bot.policy.book import Book

#: With more values than these a text is taken for one that is different each time.
_FEW = 3
_HIGHEST = RISK_LEVELS.index("medium")


def fingerprint(book: Book, rule: str | None) -> str | None:
    """Of a rule that puts cases to people, wherever it stands; None for any other."""
    found = next((one for one in book.rules if one.name == rule), None)
    if found is None or found.then not in {"escalate", "batch"}:
        return None
    said = found.model_dump_json(exclude={"line"})
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def may_be_learned(request: Request) -> bool:
    """Never at a high risk, and only where a machine can tell what is done."""
    return request.tool is not None and RISK_LEVELS.index(request.risk.level) <= _HIGHEST


def pattern_of(agent: str, requests: Sequence[Request]) -> Pattern | None:
    """What these, all of one tool and category, have in common; None where they are too unlike."""
    tools = [one.tool for one in requests if one.tool is not None]
    names = {name for tool in tools for name in tool.arguments}
    ranges: dict[str, tuple[float, float]] = {}
    among: dict[str, tuple[Scalar, ...]] = {}
    free: list[str] = []
    for name in sorted(names):
        values: list[Any] = [tool.arguments[name] for tool in tools if name in tool.arguments]
        hidden = any(f"/{name}" in tool.sensitive for tool in tools)
        if all(map(_is_number, values)):
            ranges[name] = (min(values), max(values))
        elif not all(isinstance(value, str | bool) for value in values):
            return None
        elif hidden or len(set(values)) > _FEW:
            free.append(name)
        else:
            among[name] = tuple(sorted(set(values), key=str))
    return Pattern(
        agent=agent,
        category=requests[0].category,
        tool=tools[0].name,
        server=tools[0].server,
        ranges=ranges,
        among=among,
        free=tuple(free),
        risk=max((one.risk.level for one in requests), key=RISK_LEVELS.index),
        reversibility=tuple(sorted({one.risk.reversibility for one in requests})),
    )


def covers(pattern: Pattern, agent: str, request: Request) -> bool:
    """Whether the case is one of those; in doubt it is not."""
    tool = request.tool
    if tool is None or (agent, request.category, tool.name, tool.server) != (
        pattern.agent,
        pattern.category,
        pattern.tool,
        pattern.server,
    ):
        return False
    risk = request.risk
    if RISK_LEVELS.index(risk.level) > RISK_LEVELS.index(pattern.risk):
        return False
    if risk.reversibility not in pattern.reversibility:
        return False
    return all(_fits(pattern, name, value) for name, value in tool.arguments.items())


def _fits(pattern: Pattern, name: str, value: Any) -> bool:
    if name in pattern.ranges:
        low, high = pattern.ranges[name]
        return _is_number(value) and low <= value <= high
    if name in pattern.among:
        return any(value == one and type(value) is type(one) for one in pattern.among[name])
    return name in pattern.free and isinstance(value, str | bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
