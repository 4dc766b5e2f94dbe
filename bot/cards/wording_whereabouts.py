"""How a list says who has a question and where it waits."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.request import DecisionType

_DOES: dict[DecisionType, str] = {
    "approve": "approves it", "modify": "changes and approves it", "reject": "rejects it",
    "revise": "sends it back", "respond": "answers it",
}  # fmt: skip


def in_grace(kind: DecisionType, who: str, left: str) -> str:
    return f"⏳ {who} {_DOES[kind]}: counts in {left}"


def taken(who: str) -> str:
    return f"👀 {who} is looking"


def assigned(who: str) -> str:
    return f"👉 assigned to {who}"


def snoozed(left: str, who: str) -> str:
    return f"💤 snoozed for {left} by {who}"


def raised(tier: int, after: str, groups: Sequence[str]) -> str:
    also = f", {', '.join(groups)} asked as well" if groups else ""
    return f"🔔 tier {tier}: nobody answered for {after}{also}"


def waits_for(digest: str, left: str) -> str:
    return f"🗂 no card yet: comes with digest {digest} in {left}"
