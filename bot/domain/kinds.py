"""The kinds of question: what each needs, and what only another one has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bot.domain.errors import Fault
from bot.domain.request import DECISIONS

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Rules(NamedTuple):
    needs: tuple[str, ...]
    #: Fields that would do nothing here, by the kind that has them.
    has_not: Mapping[str, str]


_RULES: dict[str, _Rules] = {
    "approval": _Rules(
        ("action", "reason", "impact"),
        {"question": "answer or guidance", "answer": "answer", "options": "guidance",
         "response_schema": "guidance"},
    ),
    "answer": _Rules(
        ("question", "answer", "confidence"),
        {"tool": "approval", "options": "guidance", "response_schema": "guidance"},
    ),
    "guidance": _Rules(("checkpoint",), {"tool": "approval", "answer": "answer"}),
}  # fmt: skip


def kind_faults(sent: Mapping[str, Any]) -> list[Fault]:
    """What is missing, or stands in the wrong kind, in a parsed body."""
    kind = sent.get("kind", "approval")
    rules = _RULES.get(kind) if isinstance(kind, str) else None
    if rules is None:
        return []
    faults = [
        Fault(f"/{name}", "is missing" if name not in sent else f"must be given for kind {kind}")
        for name in rules.needs
        if sent.get(name) is None
    ]
    faults += [
        Fault(f"/{name}", f"belongs to kind {other}, and this is kind {kind}")
        for name, other in rules.has_not.items()
        if sent.get(name) not in (None, [])
    ]
    return faults + _decision_faults(kind, sent.get("allowed_decisions"))


def _decision_faults(kind: Any, wanted: Any) -> list[Fault]:
    own = DECISIONS[kind]
    known = frozenset[str]().union(*DECISIONS.values())
    return [
        Fault(
            f"/allowed_decisions/{at}", f"is no decision of kind {kind}: {', '.join(sorted(own))}"
        )
        for at, one in enumerate(wanted if isinstance(wanted, list) else [])
        if isinstance(one, str) and one in known and one not in own
    ]
