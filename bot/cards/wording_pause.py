"""What people read of an agent that is paused."""

from __future__ import annotations

from datetime import datetime

from bot.cards.blocks import Markup, joined, said
from bot.cards.moments import moment
from bot.cards.text import one_line
from bot.domain.durations import in_words
from bot.domain.pause import Pause
from bot.domain.people import Actor


def _until(until: datetime | None, now: datetime) -> Markup:
    if until is None:
        return Markup("until an admin resumes it")
    return joined("", [Markup("until "), moment(until, now)])


def _who(by: Actor) -> str:
    return one_line(by.display_name or by.id)


def on_card(pause: Pause, now: datetime) -> Markup:
    """Above the question, as long as the agent is paused."""
    return joined(
        "",
        [
            said("⏸ *{agent} is paused* by {who}, ", agent=pause.agent, who=_who(pause.by)),
            _until(pause.until, now),
            Markup(". It may run nothing, so you can only reject. The deadline runs on."),
        ],
    )


def in_row(pause: Pause, now: datetime) -> Markup:
    """The same in the small print of a row."""
    return joined("", [Markup("⏸ paused "), _until(pause.until, now), Markup(": reject only")])


def refused_click(agent: str, until: datetime | None, now: datetime) -> Markup:
    """For somebody whose card did not say so yet."""
    return joined(
        "",
        [
            said("{agent} is paused ", agent=agent),
            _until(until, now),
            Markup(": it may run nothing, so this can only be rejected. "
                   "Nothing changed by your click."),
        ],
    )  # fmt: skip


def paused_alert(pause: Pause, now: datetime) -> Markup:
    return joined(
        "",
        [
            said("⏸ {who} paused {agent} ", who=_who(pause.by), agent=pause.agent),
            _until(pause.until, now),
            said(
                ". It can ask nothing new and run nothing; what it asked before stays open and can "
                "be rejected. `/pullcord resume {agent}` ends it.",
                agent=pause.agent,
            ),
        ],
    )


def resumed_alert(agent: str, by: Actor) -> Markup:
    return said("▶️ {who} resumed {agent}.", who=_who(by), agent=agent)


def ran_out_alert(agent: str) -> Markup:
    return said("▶️ The pause of {agent} is over; it goes on by itself.", agent=agent)


def paused(pause: Pause, now: datetime, still_open: int) -> Markup:
    """To the admin who paused it."""
    left = "" if pause.until is None else f" (in {in_words(pause.until - now)})"
    if still_open == 1:
        waits = "Its open question stays open, and its card offers only Reject; the deadline runs."
    elif still_open:
        waits = (
            f"Its {still_open:,} open questions stay open, and their cards offer only Reject; "
            "deadlines run."
        )
    else:
        waits = "It has no open questions."
    return joined(
        "",
        [
            said("⏸ *{agent} is paused* ", agent=pause.agent),
            _until(pause.until, now),
            Markup(
                f"{left}. It can ask nothing new, and run nothing that was approved.\n{waits}\n"
            ),
            said("`/pullcord resume {agent}` ends it.", agent=pause.agent),
        ],
    )


def resumed(agent: str) -> Markup:
    return said(
        "▶️ *{agent} goes on.* It can ask and run again; its cards get their buttons back.",
        agent=agent,
    )


def was_not_paused(agent: str) -> Markup:
    return said("{agent} is not paused, so there is nothing to resume.", agent=agent)


def no_such_agent(agent: str, near: str | None) -> Markup:
    """An agent is the NAME of a key."""
    sentence = said("There is no agent “{agent}”: no API key has that name.", agent=agent)
    if near is not None:
        sentence = joined(" ", [sentence, said("Did you mean “{near}”?", near=near)])
    return sentence
