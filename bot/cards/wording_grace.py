"""What is said between a click that completes and the moment from which it counts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.blocks import Markup, joined, said
from bot.cards.wording import ended
from bot.cards.wording_whispers import NOTHING_CHANGED
from bot.domain.request import DecisionType

UNDO = "Undo"
PENDING_TITLE = "Not yet"
PENDING = "It counts in a moment. Until then, Undo stands on the card."
UNDONE_TITLE = "Taken back"
UNDONE = "It is open again, as before your click."
NOTHING_TO_UNDO = "There is nothing to take back: it was done before, or another click has come."
_DOES: dict[DecisionType, str] = {
    "approve": "approves this", "modify": "changes and approves this", "reject": "rejects this",
    "revise": "sends this back", "respond": "answers this",
}  # fmt: skip

_YOURS: dict[DecisionType, str] = {
    "approve": "Your approval", "modify": "Your change", "respond": "Your answer",
}  # fmt: skip


def pending(kind: DecisionType, who: str, at: Markup, left: str, others: Sequence[str]) -> Markup:
    """On the card, above the button that takes it back; `others` had agreed to it."""
    parts = [
        said("⏳ *{who} {does}.* It counts in {left} (", who=who, does=_DOES[kind], left=left),
        at,
        said("), unless {who} takes it back.", who=who),
    ]
    if others:
        parts.append(said(" Then the word of {names} does not count.", names=", ".join(others)))
    return joined("", parts)


def somebody_was_first(kind: DecisionType, who: str, left: str) -> Markup:
    """For whoever clicks meanwhile."""
    return said(
        "{who} {does}: it counts in {left}, unless it is taken back. Until then you can only "
        "reject it." + NOTHING_CHANGED,
        who=who,
        does=_DOES[kind],
        left=left,
    )


def overridden(
    kind: DecisionType, who: Markup, does: DecisionType, headline: Markup, comment: Markup | None
) -> Markup:
    """Directly, to whoever clicked before; `kind` is what they had chosen."""
    parts = [said("❌ {yours} does not count, because ", yours=_YOURS[kind]), who,
             Markup(f" {_DOES[does]}: "), ended(headline)]  # fmt: skip
    if comment:
        parts.append(joined("", [Markup(" “"), comment, Markup("”")]))
    return joined("", parts)


def not_yours(who: str) -> str:
    return f"Only {who}, whose click it was, or an admin can take it back."
