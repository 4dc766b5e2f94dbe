"""What `/pullcord status` says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.blocks import Markup, joined, said
from bot.cards.moments import moment
from bot.domain.pause import Pause

MORE = (
    "`/pullcord queue` what waits for you · `/pullcord queue urgent` · `/pullcord who` whom it asks"
)


def waiting(total: int, urgent: int, age: str | None, soon: int, agents: int) -> Markup:
    if not total:
        return Markup("✅ *Nothing is open.* No agent waits for an answer.")
    parts = [f"*{total:,} open*" + (f" ({urgent:,} urgent)" if urgent else "")]
    if age is not None:
        parts.append(f"oldest {age}")
    if soon:
        parts.append(f"⚠️ *{soon:,} end within 15 min*" if soon > 1 else "⚠️ *1 ends within 15 min*")
    else:
        parts.append("none ends within 15 min")
    parts.append("1 agent waits" if agents == 1 else f"{agents:,} agents wait")
    return Markup(" · ".join(parts))


def machinery(callbacks: int, dead: int, behind: int) -> Markup:
    given_up = f"⚠️ {dead:,} given up (`/pullcord dead`)" if dead else "none given up"
    cards = f"⚠️ {behind:,} behind" if behind else "all up to date"
    return Markup(f"Callbacks: {callbacks:,} on their way, {given_up} · Cards in Slack: {cards}")


def routes(counts: Sequence[tuple[str, int]], more: int) -> Markup:
    listed = [
        said("{route} {number}", route=route, number=f"{number:,}") for route, number in counts
    ]
    if more:
        listed.append(Markup(f"{more} more"))
    return joined("", [Markup("Your routes: "), joined(" · ", listed)])


def paused(pause: Pause, now: datetime) -> Markup:
    until = (
        Markup("until somebody resumes it")
        if pause.until is None
        else joined("", [Markup("until "), moment(pause.until, now)])
    )
    return joined("", [said("⏸ {agent} is paused ", agent=pause.agent), until])


def more_paused(count: int) -> Markup:
    return Markup(f"⏸ and {count} more")
