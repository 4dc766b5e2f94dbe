"""What people read on their Home tab."""

from __future__ import annotations

from datetime import datetime

from bot.cards.blocks import Markup, joined, said
from bot.cards.moments import moment
from bot.cards.text import clip, one_line
from bot.domain.durations import in_words
from bot.domain.pause import Pause

YOU_TOOK, WAITING, TEAM, PAUSED = "You took", "Waiting for you", "Team queue", "Paused agents"
MORE_WAITING = Markup("And more, which are less urgent or have more time: `/pullcord queue`")
MORE_TAKEN = Markup("And more that you took: `/pullcord queue all` marks them.")
STRANGER = "Nothing here is asked of you: no route of the policy names you as a reviewer."
EVERY_ROUTE, EVERY_CATEGORY = "All routes", "All categories"
EVERY_URGENCY = "Any urgency"
#: For screen readers, and where nothing is chosen.
FILTER = "Filter"
OPEN = "Open"
RESUME, RESUME_TITLE, RESUME_NO = "Resume", "Let it go on?", "Leave it paused"
#: So many answers make a median that means something.
ENOUGH = 5
_NAME = 60


def nothing(*, reviews: bool, took: bool, asleep: int) -> str:
    if not reviews:
        return STRANGER
    if asleep:
        return f"✅ Nothing waits for you. {sleeping(asleep)}"
    return "✅ Nothing else waits for you." if took else "✅ Nothing waits for you."


def sleeping(asleep: int) -> str:
    return f"💤 {asleep:,} snoozed {'is' if asleep == 1 else 'are'} left out."


def team_total(total: int, shown: int, above: int, *, filtered: bool) -> Markup:
    """Below the team's queue; so many of it stand above, and not again there."""
    if not total:
        return Markup("Nothing matches the filter." if filtered else "Nothing is open.")
    what = f"{total:,} match the filter" if filtered else f"{total:,} open"
    if above:
        what = f"{what}, {above:,} of them above"
    if total > shown + above:
        return Markup(f"{what}; {shown:,} here. `/pullcord queue all` has every one.")
    return Markup(what)


def urgency(level: str) -> str:
    return level.capitalize()


def answer_time(half: str | None, count: int) -> Markup:
    """`half`: within so long half of the answers came; None where they are too few to say."""
    times = "1 answer" if count == 1 else f"{count:,} answers"
    if half is None:
        return Markup(f"⏱ *Your answer time* · too few to say: {times} in the last 30 days")
    return Markup(f"⏱ *Your answer time* · half within {half} · {times} in the last 30 days")


def paused(pause: Pause, now: datetime) -> Markup:
    who = clip(one_line(pause.by.display_name or pause.by.id), _NAME)
    agent = clip(one_line(pause.agent), _NAME)
    by = said("⏸ *{agent}* · stopped by {who} ", agent=agent, who=who)
    if pause.until is None:
        return joined("", [by, said("{ago} ago, until an admin resumes it",
                                    ago=in_words(now - pause.since))])  # fmt: skip
    return joined("", [by, Markup("until "), moment(pause.until, now)])


def more_paused(count: int) -> Markup:
    return Markup(f"And {count:,} more: `/pullcord status`")


def resume_text(agent: str) -> str:
    return f"{clip(one_line(agent), _NAME)} may then ask and run again, at once and everywhere."
