"""Every sentence a person reads; those of forms, details and commands stand in the files beside.

What returns Markup has escaped the words it was given. What returns str goes into plain_text or
rich_text, where nothing is parsed; the blocks clean and clip it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from bot.cards.blocks import Markup, escaped, joined, said
from bot.domain.durations import in_words
from bot.domain.people import Actor
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
_DID = {"approve": "Approved", "modify": "Modified and approved", "reject": "Rejected",
        "respond": "Answered", "revise": "Sent back for alternatives"}  # fmt: skip
_MARK = {"approve": "✅", "modify": "✅", "reject": "❌", "respond": "💬", "revise": "↩️"}
_TIMEOUT = {"expire": "else it expires", "reject": "else it is rejected",
            "approve": "else it is approved"}  # fmt: skip
_OUTCOME = {"succeeded": "succeeded", "failed": "failed", "not_run": "not run"}


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


def confidence(value: float, threshold: float | None = None) -> str:
    needs = "" if threshold is None else f" (needs {threshold:.2f})"
    return f"Confidence {value:.2f}{needs}"


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


# --- settled -------------------------------------------------------------------------------------


def decided(kind: str, who: Markup, moment: Markup, after: timedelta) -> Markup:
    done = Markup(f"{_MARK[kind]} *{_DID[kind]}* by ")
    took = Markup(f"after {in_words(after)}" if after >= timedelta(seconds=1) else "at once")
    return joined("", [done, who, Markup(" · "), moment, Markup(" · "), took])


def actor(by: Actor, name: str) -> Markup:
    match by.type:
        case "rule":
            return said("rule “{name}”", name=name)
        case "key":
            return said("the program {name}", name=name)
        case "timeout":
            return Markup("the clock")
        case _:
            return escaped(name, 200)


_TOLD = {"approval": "The agent was told not to run it.",
         "answer": "The agent was told not to send it.",
         "guidance": "The agent was told to stay where it is."}  # fmt: skip


def expired(by: Markup, kind: Kind) -> Markup:
    return joined("", [Markup("⌛ *Nobody answered* by "), by, Markup(f". {_TOLD[kind]}")])


def cancelled(agent: str, at: Markup) -> Markup:
    return joined("", [said("🚫 *Withdrawn* by {agent} · ", agent=agent), at])


RUN_STOPPED = "The whole run was told to stop."


def changed_by(author: str | None) -> str:
    return f"Changed by {author}" if author else "Changed"


def voted(names: str) -> str:
    return f"Approved by {names}"


def answer_line(name: str, value: str) -> str:
    return f"{name}: {value}"


#: Before what the agent says of its outcome.
AGENT_NOTES = "The agent: "
FOR_THE_RUN = "For the rest of the run: "


_RAN = {"approval": ("ran", "run"), "answer": ("sent", "send"), "guidance": ("ran", "run")}


def ran(status: str, at: Markup, kind: Kind, *, allowed: bool) -> Markup:
    """What the agent reported; a refusal can only be acknowledged."""
    if status == "not_run" and not allowed:
        return joined("", [Markup("The agent acknowledged it at "), at])
    did, do = _RAN[kind]
    if status == "not_run":
        did_not = Markup(f" that it did not {do} it")
        return joined("", [Markup("The agent confirmed at "), at, did_not])
    return joined("", [Markup(f"The agent {did} it at "), at, Markup(f": *{_OUTCOME[status]}*")])


def redeemed(at: Markup) -> Markup:
    return joined("", [Markup("The agent picked it up at "), at])


NOT_REDEEMED = "The agent has not picked it up yet"


def settled_text(action: str, became: str) -> Markup:
    return joined(" ", [ended(escaped(action, 1200)), escaped(became, 1200)])


def became(kind: str, name: str) -> str:
    return f"{_DID[kind]} by {name}."


def became_expired(kind: Kind) -> str:
    return f"Nobody answered in time. {_TOLD[kind]}"


BECAME_CANCELLED = "Withdrawn by the agent."


def minimal(agent: str, action: str) -> str:
    return f"{agent} asks: {action}"


MINIMAL_WHY = "Slack refused the full card. Read it, and approve, under “Show everything”."

# --- operators -----------------------------------------------------------------------------------

SOCKET_DOWN = (
    "Slack's socket has been down for a minute: nobody can click. The bot goes on trying; its log "
    "says why (`socket.refused`, `socket.unreachable`)."
)
SOCKET_UP_AGAIN = "Slack's socket is up again: people can click."


def card_refused(escalation_id: str, error: str, details: Sequence[str] = ()) -> Markup:
    """For the operators' channel."""
    return said(
        "Slack refused the card of {id} ({error}); a minimal card went out, and can be decided.",
        id=escalation_id, error=f"{error}: {'; '.join(details)}" if details else error,
    )  # fmt: skip


COPY_CLOSED = (
    "Slack shows this card twice because an answer got lost. The other one is the one to use."
)


def copy_of(headline: str, count: int) -> str:
    """What a card showed that has another one beside it."""
    return headline if count == 1 else f"{count} questions"


def card_impossible(
    escalation_ids: str, channel: str, error: str, places: Sequence[str], *, everything: bool
) -> Markup:
    """For the operators' channel: nobody sees this one where it belongs."""
    if everything:
        return said(
            "Slack refuses the bot's token ({error}), so no card can be shown: {ids} waits, and "
            "whatever comes after it. Questions can be decided through the API, and end at their "
            "deadlines. `doctor` says what to do.",
            ids=escalation_ids,
            error=error,
        )
    people = [one for one in places if one.startswith(("U", "W"))]
    if people:
        instead = f"{len(people)} of its reviewers were written to directly."
    elif places:
        instead = f"It was put up in {', '.join(places)} instead."
    else:
        instead = "There is nobody else whom it could be shown to."
    return said(
        "Slack takes no card of {ids} in {channel} ({error}): nobody sees it there. {instead} "
        "The channel is tried again every few minutes; other cards for it fare the same. All of "
        "them can be decided through the API, and end at their deadlines.",
        ids=escalation_ids,
        channel=channel,
        error=error,
        instead=instead,
    )


def person_impossible(escalation_ids: str, person: str, error: str) -> Markup:
    """For the operators' channel: somebody to whom a card was sent for want of a channel."""
    return said(
        "Slack takes no card of {ids} in the direct messages of {person} either ({error}). It is "
        "tried again every few minutes, and can be decided through the API.",
        ids=escalation_ids,
        person=person,
        error=error,
    )


def policy_kept(first: str, more: int) -> Markup:
    """For the operators' channel: the file was changed, and cannot be used."""
    rest = f" (and {more} more)" if more else ""
    return said(
        "The policy file cannot be used, so the policy from before stays in force. "
        f"{{first}}{rest}. `policy check` names every mistake.",
        first=first,
    )


def replicas_differ(name: str, values: int) -> Markup:
    """For the operators' channel: what must be the same everywhere is not."""
    return said(
        "Replicas of this bot run with {values} different values of {name}. What one of them "
        "accepts, another refuses. Give all of them the same, and restart those that are behind.",
        values=values,
        name=name,
    )


def approval_not_wanted(rule: str) -> str:
    return f"rule “{rule}” would approve it, but the agent accepts no approval here"


def refused_lately(rule: str) -> str:
    return f"rule “{rule}” would approve it, but the same action was not approved in the last 24 h"


def limit_used_up(rule: str, count: int, per: timedelta) -> str:
    return f"rule “{rule}” has approved {count} in {in_words(per)}, which is its limit"


# --- whispers ------------------------------------------------------------------------------------

_WAS_FASTER = {"approve": "approved", "modify": "modified and approved", "reject": "rejected",
               "respond": "answered", "revise": "sent back"}  # fmt: skip
_NOTHING_CHANGED = " Nothing changed by your click."
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
             Markup(_NOTHING_CHANGED)],
    )  # fmt: skip


def had_expired(ago: str | None, kind: Kind) -> Markup:
    return joined("", [Markup("Time ran out"), _before_you(ago), Markup(f"r click. {_TOLD[kind]}"),
                       Markup(_NOTHING_CHANGED)])  # fmt: skip


def had_been_withdrawn(agent: str, ago: str | None) -> Markup:
    return joined("", [said("{agent} withdrew this", agent=agent), _before_you(ago), Markup("."),
                       Markup(_NOTHING_CHANGED)])  # fmt: skip


def still_open() -> Markup:
    return Markup("This is still open." + _NOTHING_CHANGED)


def changed_meanwhile(who: str | None) -> Markup:
    first = said("{who} changed the action", who=who) if who else Markup("The action was changed")
    return joined("", [first, Markup(" after you had seen it. Please look at the card again."),
                       Markup(_NOTHING_CHANGED)])  # fmt: skip


def vote_counted(have: int, need: int) -> Markup:
    return said("Your approval counts: {have} of {need}.", have=have, need=need)


def not_allowed(reason: str) -> Markup:
    return joined("", [ended(escaped(reason, 1000)), Markup(_NOTHING_CHANGED)])


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


def too_many_open(agent: str, most: int) -> str:
    """For the operators: an agent asks more than people can answer."""
    return (
        f"The agent {agent} has {most} open questions and may ask no more until some are answered "
        "or cancelled. Look whether it has run wild; `max_open` in the policy sets the bound."
    )


def checkpoint(seq: int, fingerprint: str) -> str:
    """For the audit channel: what `audit verify --checkpoint` takes."""
    return f"Checkpoint of the sealed journal: `{seq}:{fingerprint}`"
