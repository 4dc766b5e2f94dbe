"""What people read about who looks at a question, who was named, what can wait and what cannot;
and about questions to the agent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.blocks import Markup, joined, said
from bot.cards.moments import fallback
from bot.cards.wording import ended

# In the menu; Slack shows about 30 letters.
TAKE, TAKE_OVER = "I'm looking", "Take over, or let go"
ASK, LATER, HURRY = "Ask the agent…", "Snooze or assign…", "Escalate now"

OPEN_CARD = "Open the card"


def looking(who: Markup, until: Markup) -> Markup:
    return joined("", [Markup("👀 "), who, Markup(" is looking at it (until "), until, Markup(")")])


def assigned(to: Markup, by: Markup | None) -> Markup:
    by_whom = [] if by is None else [Markup(" by "), by]
    return joined("", [Markup("👉 Assigned to "), to, *by_whom])


def snoozed(who: Markup, until: Markup) -> Markup:
    return joined("", [Markup("💤 Snoozed until "), until, Markup(" by "), who])


def waits_for_answer(who: Markup, agent: Markup, words: Markup, more: int) -> Markup:
    others = f" (and {more} more)" if more else ""
    return joined(
        "", [Markup("❓ "), who, Markup(" asks "), agent, Markup(": “"), words,
             Markup(f"”{others} · waiting for its answer")],
    )  # fmt: skip


def has_answered(agent: Markup, words: Markup) -> Markup:
    return joined("", [Markup("💬 "), agent, Markup(" says: “"), words, Markup("”")])


# --- forms ---------------------------------------------------------------------------------------

LATER_TITLE, LATER_SUBMIT = "Snooze or assign", "Save"
UNTIL_LABEL, UNTIL_AT_LABEL = "No reminders for", "Or until"
UNTIL_HINT = "The card stays where it is, and everybody can still decide."
CHOICES = {"15m": "15 minutes", "1h": "1 hour", "morning": "Tomorrow 09:00, your time"}
PERSON_LABEL = "Assign to"
PERSON_HINT = "They get a message with a link. The others can still decide."
CHOOSE_PERSON = "Choose somebody"
NOTHING_CHOSEN = "Choose for how long, or whom to assign it to."
ONE_TIME = "Choose one of the two: for how long, or until when."
SNOOZE_OVER = "That moment is over already. Choose a later one."

ASK_TITLE, ASK_SUBMIT, QUESTION_LABEL = "Ask the agent", "Ask", "Your question"
QUESTION_HINT = (
    "The answer comes into the card's thread. You can also simply reply there. Nothing is decided "
    "by asking, and time runs on."
)
QUESTION_MISSING = "Please write what you would like to know."


def snooze_too_late(deadline: datetime, now: datetime, timezone: str) -> str:
    return (
        f"It has to be answered by {fallback(deadline, now, timezone)}, so it cannot sleep longer "
        "than that. Choose an earlier moment."
    )


def cannot_be_assigned(name: str, why: str) -> str:
    return f"{name} cannot be asked: {why}"


# --- after a choice in the menu of "Show everything" ---------------------------------------------

TAKEN = "You are looking at it now, and the card says so. Everybody can still decide."
LET_GO = "You no longer look at it."
HURRIED = "This cannot wait any more, and people are called to it at once."
URGENT_ALREADY = "This is urgent already, and there is nobody further to be asked"
ASKED = "Your question is on its way to the agent. The answer comes into the card's thread."


# --- directly, to one person ---------------------------------------------------------------------


def asks_you(by: str, headline: Markup, due: Markup) -> Markup:
    return joined(
        "", [said("👉 {by} would like you to decide: ", by=by), ended(headline),
             Markup(" Answer by "), due, Markup(".")],
    )  # fmt: skip


def took_over(by: str, headline: Markup) -> Markup:
    return joined("", [said("👀 {by} has taken this over from you: ", by=by), ended(headline)])


def time_to_look(headline: Markup, due: Markup) -> Markup:
    return joined(
        "", [Markup("⏰ You wanted to look at this again now: "), ended(headline),
             Markup(" Answer by "), due, Markup(".")],
    )  # fmt: skip


# --- in the thread of the card -------------------------------------------------------------------


def cannot_wait(by: str, people: Sequence[str]) -> Markup:
    """`people` are Slack ids: they are meant to be called."""
    first = said("🔔 {by} says that this cannot wait.", by=by)
    if not people:
        return first
    called = " ".join(f"<@{one}>" for one in people)
    return Markup(f"{first} {called} Please look at it now.")


def asks(who: str, agent: str) -> str:
    return f"❓ {who} asks {agent}:"


def answers(agent: str, who: str | None) -> str:
    return f"💬 {agent} answers {who}:" if who else f"💬 {agent} says:"


def about(headline: str) -> str:
    return f"About: {headline}"


def passed_on(agent: str) -> Markup:
    """Once, to somebody who replied in the thread of a card."""
    return said(
        "I passed that on to {agent}; its answer comes here. What you write here goes to the "
        "agent, unless it begins with the @name of somebody else.",
        agent=agent,
    )


def not_passed_on(why: str) -> Markup:
    return joined("", [Markup("The agent was not asked. "), ended(said("{why}", why=why))])


WHICH_ONE = (
    "The agent was not asked: this card shows several questions. Open “Show everything” of the "
    "one you mean; the menu there has “Ask the agent…”"
)
SETTLED_ALREADY = "This is settled already, so the agent no longer waits for anybody here"
TOO_LONG = "That is too long for one question: at most 3,000 letters, please"
