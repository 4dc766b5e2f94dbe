"""What admins read of callbacks that were given up."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.blocks import Markup, joined, said

NONE_DEAD = "No callback was given up."
HOW_TO_REPLAY = (
    "`/pullcord replay ID…` sends them again; the id of a callback or of a question will do."
)


def title(count: int, shown: int) -> str:
    what = "1 callback was given up" if count == 1 else f"{count:,} callbacks were given up"
    return f"{what}; the latest {shown}" if shown < count else what


def letter(event: str, agent: str, host: str) -> str:
    return f"{event} for {agent} at {host}"


def tried(ago: str, attempts: int, problem: str) -> str:
    times = "1 try" if attempts == 1 else f"{attempts} tries"
    return f"{ago} ago · {times} · {problem or 'no reason known'}"


def replayed(again: Sequence[str], missing: Sequence[str]) -> Markup:
    parts = []
    if again:
        what = "1 callback is" if len(again) == 1 else f"{len(again)} callbacks are"
        parts.append(Markup(f"↻ {what} sent again, and their addresses are tried again."
                            if len(again) > 1 else
                            f"↻ {what} sent again, and its address is tried again."))  # fmt: skip
    if missing:
        parts.append(
            said(
                "Nothing that was given up has the id {ids}. `/pullcord dead` lists what was.",
                ids=", ".join(missing),
            )
        )
    return joined("\n", parts)
