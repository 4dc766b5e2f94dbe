"""Every sentence a person reads on an open card; the files beside have the others, each its part.

What returns Markup has escaped the words it was given. What returns str goes into plain_text or
rich_text, where nothing is parsed; the blocks clean and clip it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from bot.cards.blocks import Markup, escaped, joined, said
from bot.domain.request import Kind, Request

APPROVE, MODIFY, REJECT, ANSWER = "Approve", "Modify…", "Reject…", "Answer…"
SHOW_EVERYTHING = "Show everything"
WHY, WHAT_HAPPENS, ACTION_ITSELF = "Why", "What happens", "What it will do"
SEPARATOR = " · "

NO_VALUE, EMPTY, ABSENT, YES, NO = "none", "(empty)", "(not given)", "yes", "no"
NAMELESS = "(no name)"
TOO_DEEP = "(nested too deeply to be shown)"
NO_ARGUMENTS = "no arguments"

#: For the agent's end user, unless the policy has its own.
HANDOFF = "A specialist is looking at this, with a summary of your situation."

_RISK = {"low": "Low risk", "medium": "Medium risk", "high": "⚠️ High risk",
         "critical": "🛑 Critical risk"}  # fmt: skip
_REVERSIBILITY = {"reversible": "can be undone", "compensable": "can be made good",
                  "irreversible": "cannot be undone"}  # fmt: skip
_URGENCY = {"high": "Urgent", "critical": "Most urgent"}
_CURRENCY = {"USD": "$", "EUR": "€", "GBP": "£"}
_THOUSANDS = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")
_TIMEOUT = {"expire": "else it expires", "reject": "else it is rejected",
            "approve": "else it is approved"}  # fmt: skip


def risk(level: str, reversibility: str) -> list[str]:
    words = [_RISK[level]]
    if reversibility in _REVERSIBILITY:
        words.append(_REVERSIBILITY[reversibility])
    return words


def urgency(level: str) -> str | None:
    return _URGENCY.get(level)


def money(amount: str, currency: str) -> str:
    sign, figure = ("-", amount[1:]) if amount.startswith("-") else ("", amount)
    whole, point, cents = figure.partition(".")
    figure = _THOUSANDS.sub(",", whole) + point + cents
    symbol = _CURRENCY.get(currency)
    return f"{sign}{figure} {currency}" if symbol is None else f"{sign}{symbol}{figure}"


def from_agent(agent: str) -> str:
    return f"from {agent}"


def and_then(line: str) -> str:
    """A line that goes on in the next element; Slack puts nothing between the two."""
    return f"{line} ·"


def answer_by(
    moment: Markup, left: str, on_timeout: Literal["expire", "reject", "approve"]
) -> Markup:
    return joined(
        "",
        [
            Markup("answer by "),
            moment,
            said(" (in {left}), ", left=left),
            Markup(_TIMEOUT[on_timeout]),
        ],
    )


def answer_was_due(moment: Markup) -> Markup:
    return joined("", [Markup("the answer was due at "), moment])


def signal(name: str, value: str, threshold: str | None) -> str:
    needs = "" if threshold is None else f" (needs {threshold})"
    return f"{name.replace('_', ' ')} {value}{needs}"


def sent_by_rule(rule: str) -> str:
    return f"sent to you by rule “{rule}”"


def attached(title: str) -> str:
    return f"📎 {title}"


def more_attached(count: int) -> str:
    return f"and {count} more attached"


def approvals(have: int, need: int, names: Sequence[str]) -> str:
    counted = f"Approvals {have} of {need}"
    return f"{counted}: {', '.join(names)}" if names else counted


def proposes(who: str) -> str:
    return f"✏️ {who} proposes"


def with_changes(changed: Sequence[tuple[str, str, str]]) -> str:
    lines = (f"{label} {''.join(arrow(old, new))}" for label, old, new in changed)
    return "with " + ", ".join(lines)


def arrow(old: str, new: str) -> tuple[str, str, str]:
    return old, " → ", new


# --- alternatives, answers, guidance --------------------------------------------------------------

DIFFERENT = "What is different"
WOULD_ANSWER = "The agent would answer"
GOES_OUT, DRAFT_BEFORE = "What goes out", "The draft before"
APPROVE_SENDS = "Approve sends it as it stands."
THE_QUESTION, WHY_IT_STOPPED = "The question", "Why it stopped"
DONE, STILL_TO_DO, IT_SUGGESTS, IT_CONSIDERED = (
    "Done so far", "Still to do", "It suggests", "It considered",
)  # fmt: skip
YOU_CAN = "You can choose"
ALTERNATIVE_TO, SENT_BACK_WITH = "↩️ Another way in place of ", ", sent back with:"
CAME_BACK_WITH, OPEN_IT = "↪️ The agent came back with ", "Open it"


def done_so_far(earlier: int) -> Markup:
    return Markup(f"*Done so far* ({earlier} earlier)" if earlier else "*Done so far*")


def step_done(step: Markup) -> Markup:
    return Markup(f"✓ {step}")


def step_at(line: Markup, at: Markup) -> Markup:
    return joined(" · ", [line, at])


def recommended(label: str, *, yes: bool) -> str:
    return f"{label} (recommended)" if yes else label


def more_rows(count: int) -> str:
    return f"… and {count} more rows"


def sources(titles: Sequence[str], more: int) -> str:
    return f"It read: {SEPARATOR.join(titles)}" + (f" and {more} more" if more > 0 else "")


NOT_ALL_HERE = (
    "This card is too small for all of it. Read the rest, and approve, under “Show everything”."
)

CONFIRM_YES, CONFIRM_NO, CHOOSE, CHOOSE_YES = "Approve", "Go back", "Choose", "Choose this"


def confirm_title(do: str, reversibility: str) -> str:
    warning = " It cannot be undone." if reversibility == "irreversible" else ""
    return f"{do} this?{warning}"


def confirm(action: str, impact: str) -> str:
    return f"{action}\n\n{impact}"


_ASKS = {"approval": "{agent} asks:", "answer": "{agent} is not sure how to answer:",
         "guidance": "{agent} needs guidance:"}  # fmt: skip


def because(request: Request) -> tuple[str, str]:
    """What the notification says after the headline, and what to call it."""
    point = request.checkpoint
    if request.kind == "answer":
        return "Its draft:", request.answer or ""
    if request.kind == "guidance":
        return "Why it stopped:", (point and point.pause_reason) or request.reason or ""
    return "Why:", request.reason or ""


def question(
    agent: str, kind: Kind, headline: str, proposer: str | None, label: str, why: str, by: str
) -> Markup:
    """What a phone shows and a screen reader reads: the whole question."""
    edited = [said("{who} proposes a change.", who=proposer)] if proposer else []
    reason = [Markup(label), ended(escaped(why, 2000))] if why else []
    return joined(
        " ",
        [said(_ASKS[kind], agent=agent), ended(escaped(headline, 1200)), *edited, *reason,
         said("Answer by {by}.", by=by)],
    )  # fmt: skip


def ended(sentence: Markup) -> Markup:
    return sentence if sentence.endswith((".", "!", "?", "…")) else Markup(sentence + ".")
