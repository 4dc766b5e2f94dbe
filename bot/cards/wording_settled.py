"""What a card says once all is over: who decided, when, and whether it ran."""

from __future__ import annotations

from datetime import timedelta

from bot.cards.blocks import Markup, escaped, joined, said
from bot.cards.wording import ended
from bot.domain.durations import in_words
from bot.domain.people import Actor
from bot.domain.request import Kind

_DID = {"approve": "Approved", "modify": "Modified and approved", "reject": "Rejected",
        "respond": "Answered", "revise": "Sent back for alternatives"}  # fmt: skip
_MARK = {"approve": "✅", "modify": "✅", "reject": "❌", "respond": "💬", "revise": "↩️"}
_OUTCOME = {"succeeded": "succeeded", "failed": "failed", "not_run": "not run"}


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
        case _:
            return escaped(name, 200)


TOLD = {"approval": "The agent was told not to run it.",
        "answer": "The agent was told not to send it.",
        "guidance": "The agent was told to stay where it is."}  # fmt: skip


def expired(by: Markup, kind: Kind) -> Markup:
    return joined("", [Markup("⌛ *Nobody answered* by "), by, Markup(f". {TOLD[kind]}")])


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
    return f"Nobody answered in time. {TOLD[kind]}"


BECAME_CANCELLED = "Withdrawn by the agent."


def minimal(agent: str, action: str) -> str:
    return f"{agent} asks: {action}"


MINIMAL_WHY = "Slack refused the full card. Read it, and approve, under “Show everything”."


COPY_CLOSED = (
    "Slack shows this card twice because an answer got lost. The other one is the one to use."
)


def copy_of(headline: str, count: int) -> str:
    """What a card showed that has another one beside it."""
    return headline if count == 1 else f"{count} questions"
