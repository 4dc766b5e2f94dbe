"""What is said privately to one person who clicked, and in the notices of modals."""

from __future__ import annotations

from bot.cards.blocks import Markup, escaped, joined, said
from bot.cards.wording import ended

_WAS_FASTER = {"approve": "approved", "modify": "modified and approved", "reject": "rejected",
               "respond": "answered", "revise": "sent back"}  # fmt: skip
NOTHING_CHANGED = " Nothing changed by your click."
WENT_WRONG = "That did not work, and nothing changed. Please try again in a moment."


NOT_RECORDED = (
    "The database does not answer just now, so this was not recorded. Please try again in a moment."
)
PERHAPS_RECORDED = (
    "The database fell silent just now, so I do not know whether this was recorded. Please try "
    "again in a moment: it counts once, and if it is decided, you are told by whom."
)


def _before_you(ago: str | None) -> Markup:
    return said(" {ago} before you", ago=ago) if ago else Markup(" just before you")


def was_faster(kind: str, who: Markup, ago: str | None, comment: Markup | None) -> Markup:
    words = Markup(comment.rstrip(".")) if comment else None
    quoted = joined("", [Markup(": “"), words, Markup("”")]) if words else Markup("")
    return joined(
        "", [who, Markup(f" {_WAS_FASTER[kind]} this"), _before_you(ago), quoted, Markup("."),
             Markup(NOTHING_CHANGED)],
    )  # fmt: skip


def time_ran_out(ago: str | None, did: str) -> Markup:
    when = said(" {ago} ago. ", ago=ago) if ago else Markup(" just now. ")
    return joined("", [Markup("Time ran out"), when, Markup(f"{did}{NOTHING_CHANGED}")])


def had_been_withdrawn(agent: str, ago: str | None) -> Markup:
    return joined("", [said("{agent} withdrew this", agent=agent), _before_you(ago), Markup("."),
                       Markup(NOTHING_CHANGED)])  # fmt: skip


def still_open() -> Markup:
    return Markup("This is still open." + NOTHING_CHANGED)


def changed_meanwhile(who: str | None) -> Markup:
    first = said("{who} changed the action", who=who) if who else Markup("The action was changed")
    return joined("", [first, Markup(" after you had seen it. Please look at the card again."),
                       Markup(NOTHING_CHANGED)])  # fmt: skip


def without_click(told: str) -> Markup:
    """The same for somebody who did not click."""
    return Markup(told.removesuffix(NOTHING_CHANGED))


def vote_counted(have: int, need: int) -> Markup:
    return said("Your approval counts: {have} of {need}.", have=have, need=need)


def not_allowed(reason: str) -> Markup:
    return joined("", [ended(escaped(reason, 1000)), Markup(NOTHING_CHANGED)])


NOTICE_TITLE = "Nothing changed"
VOTE_TITLE = "Your vote counts"
SILENT_TITLE = "Not now"
DONE_TITLE = "Done"
PROPOSED_TITLE = "Now a proposal"


def proposed(have: int, need: int) -> str:
    more = need - have
    people = "one more person" if more == 1 else f"{more} more people"
    return (
        f"Your edit needs the agreement of {people}. It stands on the card, and nothing runs "
        "before they have agreed."
    )


APPROVED_NOTICE = "Approved. The agent is told."
CLOSE = "Close"
