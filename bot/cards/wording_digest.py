"""Every sentence of a digest that is not on a card of one escalation as well."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from bot.cards.blocks import Markup, escaped, joined, said
from bot.cards.moments import fallback
from bot.cards.wording import SEPARATOR, ended
from bot.cards.wording_whispers import without_click

#: What only those may who are asked: after "can".
ASK_FOR_IT = "ask for this digest"
DETAILS = "Details…"
NEXT_PAGE, PREVIOUS_PAGE = "Next page", "Previous page"
NO_CATEGORY = "no category"
ABOVE = "Due within the hour stand on their own above"
PAGE_TITLE, GONE_TITLE, RESULT_TITLE = "Digest", "Digest", "Not all approved"
GONE = "This digest is no longer there. Everything on it was settled a while ago."
MINIMAL_WHY = (
    "Slack refused the full digest. Read each question, and answer it, under “Show everything”."
)
TOGETHER_CLOSE = "Go back"
NOTHING_ALIKE = "Somebody has answered these meanwhile. There is nothing left to approve together."
TOGETHER_WHY = (
    "The same tool, for each of these. Read what each would do: all of them are approved at once, "
    "each by a decision of its own."
)


def name(digest: str) -> str:
    """`desk` → `Desk digest`."""
    return f"{digest[:1].upper()}{digest[1:]} digest"


def title(digest: str, items: int, waiting: int, oldest: str | None, at: str) -> str:
    if waiting == 0:
        counted = "answered" if items == 1 else f"all {items} settled"
    else:
        counted = f"{waiting} waiting" if waiting == items else f"{waiting} of {items} waiting"
    parts = [name(digest), counted, f"oldest {oldest}" if oldest else "", at]
    return SEPARATOR.join(part for part in parts if part)


def clock(at: datetime, timezone: str) -> str:
    """`Tue 15:00`, by the digest's own clocks."""
    return f"{at.astimezone(ZoneInfo(timezone)):%a %H:%M}"


def late(due: datetime, now: datetime, timezone: str) -> str:
    return (
        f"⏰ This digest is late: it was due at {fallback(due, now, timezone)}. "
        "What came due meanwhile is on it as well."
    )


def group(category: str, waiting: int) -> str:
    return f"{category} ({waiting})" if waiting else f"{category} (all settled)"


def group_named(category: str, waiting: int) -> Markup:
    counted = group("", waiting).strip()
    return joined(" ", [Markup(f"*{escaped(category)}*"), Markup(counted)])


def together(count: int) -> str:
    return f"Approve these {count} identical…"


def together_title(count: int) -> str:
    return f"Approve {count} together?"


def together_yes(count: int) -> str:
    return f"Approve {count}"


def together_item(number: int, headline: str) -> str:
    return f"{number}. {headline}"


def waits_since(length: str) -> str:
    return f"waits {length}"


def page(at: int, of: int) -> str:
    return f"Page {at} of {of}"


def more_behind(count: int, pages: int) -> str:
    there = "on the next page" if pages == 2 else f"on {pages - 1} further pages"
    return f"{count} more {there}"


def below(alone: int, coming: str | None) -> str:
    """The last line of a digest."""
    parts = [ABOVE if alone else "", f"next digest {coming}" if coming else ""]
    line = SEPARATOR.join(part for part in parts if part)
    return line[:1].upper() + line[1:]


def text(digest: str, waiting: int, groups: Sequence[str], by: str) -> Markup:
    """What a phone shows and a screen reader reads."""
    first = said("{name}: {waiting} waiting.", name=name(digest), waiting=waiting)
    kinds = escaped(", ".join(groups), 600)
    due = said("The first answer is due by {by}.", by=by)
    return joined(" ", [first, ended(kinds), due])


def settled_text(digest: str, items: int) -> Markup:
    return said("{name}: all {items} settled.", name=name(digest), items=items)


# --- approving several together ------------------------------------------------------------------


def approved(done: int, of: int) -> Markup:
    return said("{done} of {of} approved.", done=done, of=of)


def counted(votes: int) -> Markup:
    return said("{votes} have your approval and wait for others.", votes=votes)


def pending(clicks: int) -> Markup:
    return said("{clicks} count in a moment. Until then, Undo stands in their rows.", clicks=clicks)


def not_approved(headline: str, why: str) -> Markup:
    return joined("", [said("• “{headline}”: ", headline=headline), without_click(why)])


# --- asking for one ------------------------------------------------------------------------------


def no_such(asked: str, known: Collection[str]) -> str:
    near = get_close_matches(asked, known, n=1)
    if near:
        return f"There is no digest {asked[:64]!r}. Did you mean {near[0]!r}?"
    listed = ", ".join(sorted(known))
    return f"There is no digest {asked[:64]!r}. " + (
        f"The policy has {listed}." if listed else "The policy has none."
    )


def asked_now(digest: str, items: int, alone: int) -> Markup:
    """For the person who asked for one."""
    if items + alone == 0:
        return said("Nothing waits for the {digest} digest.", digest=digest)
    own = said(" {alone} due within the hour got cards of their own.", alone=alone)
    return joined(
        "",
        [said("The {digest} digest comes now, with {items}.", digest=digest, items=items)]
        + ([own] if alone else []),
    )
