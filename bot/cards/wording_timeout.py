"""What is said where the clock decided: to the agent, on the card, and to whoever came too late."""

from __future__ import annotations

from bot.cards.blocks import Markup, joined
from bot.cards.wording_settled import TOLD
from bot.domain.request import Kind


def comment(by: str, *, approved: bool) -> str:
    """The words that the agent gets with the decision."""
    did = "approved" if approved else "rejected"
    return f"Nobody answered by {by}. What is not answered in time is {did} here, by the policy."


def decided(by: Markup, kind: Kind, *, approved: bool) -> Markup:
    """In the place of who decided; nobody did."""
    first = [Markup("⌛ *Nobody answered* by "), by]
    if approved:
        return joined("", [*first, Markup(", so it was *approved*, as the policy says here.")])
    return joined("", [*first, Markup(f", so it was *rejected*. {TOLD[kind]}")])


def became(kind: Kind, *, approved: bool) -> str:
    if approved:
        return "Nobody answered in time, so it was approved, as the policy says here."
    return f"Nobody answered in time, so it was rejected. {TOLD[kind]}"


def did(kind: Kind, *, approved: bool) -> str:
    """What happened just before somebody clicked."""
    return "It was approved, as the policy says here." if approved else TOLD[kind]
