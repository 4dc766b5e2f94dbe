"""What `/pullcord queue` says."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.blocks import Markup, joined, said

NEXT_PAGE = "Next page"
PAUSED = "⏸ agent paused: reject only"
_TITLES = {"mine": "waiting for you", "all": "open", "urgent": "urgent"}
_NOTHING = {
    "mine": "✅ Nothing waits for you.",
    "all": "✅ Nothing is open.",
    "urgent": "✅ Nothing urgent is open.",
}
_OTHERS = "`/pullcord queue all` · `queue urgent` · `queue ROUTE` · `show ID` · `why ID`"


def title(which: str, total: int) -> str:
    return f"{total:,} {_TITLES[which]}" if which in _TITLES else f"{total:,} open on {which}"


def nothing(which: str, *, later: bool) -> Markup:
    if later:
        return Markup("Nothing more: what stood on the pages behind has been answered meanwhile.")
    if which in _NOTHING:
        return Markup(_NOTHING[which])
    return said("✅ Nothing is open on {route}.", route=which)


def numbered(number: int, headline: str) -> str:
    return f"{number}. {headline}"


def due(left: str | None) -> str:
    return "the answer was due just now" if left is None else f"answer within {left}"


def asked(ago: str) -> str:
    return f"asked {ago} ago"


def on_route(route: str) -> str:
    return f"route {route}"


def footer(first: int, last: int, total: int) -> Markup:
    place = f"{first:,}–{last:,} of {total:,}" if total > last or first > 1 else "That is all"
    return Markup(f"{place} · {_OTHERS}")


def and_asleep(said: Markup, asleep: int) -> Markup:
    """What is snoozed is left out of most lists, and counted."""
    if not asleep:
        return said
    them = "1 snoozed is" if asleep == 1 else f"{asleep:,} snoozed are"
    return Markup(f"{said} · 💤 {them} left out: `/pullcord queue all`")


def no_such_list(word: str, near: str | None) -> Markup:
    parts = [said("There is no route “{word}”.", word=word)]
    if near is not None:
        parts.append(said("Did you mean `/pullcord queue {near}`?", near=near))
    parts.append(Markup("Write `mine`, `all`, `urgent` or the name of a route."))
    return joined(" ", parts)


def not_your_route(route: str, mine: Sequence[str]) -> Markup:
    return said(
        "The route {route} does not ask you. Yours: {mine}.", route=route, mine=", ".join(mine)
    )
