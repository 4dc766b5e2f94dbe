"""What admins read of how reviews go. Few looks say little of a person, so numbers stand alone."""

from __future__ import annotations

from bot.cards.blocks import Markup, joined, said

TITLE = "*How reviews went*, the last four weeks; only admins see this"
HINT = (
    "Known errors are past ones that were confirmed, shown again to people who are not told. A few "
    "of them say little of one person."
)


def known(category: str, found: int, of: int, low: float) -> Markup:
    """`faq: found 3 of 4 known errors (at least 30 % of all, with 95 % confidence)`"""
    name = said("{category}: ", category=category or "no category")
    rest = f"found {found} of {errors(of)}, so at least {low * 100:.0f} % of all errors are seen"
    return joined("", [name, Markup(rest)])


def twice(category: str, doubled: int, objected: int) -> Markup:
    name = said("{category}: ", category=category or "no category")
    what = "1 approval" if doubled == 1 else f"{doubled} approvals"
    rest = f"of {what} that a second person looked at, they objected to {objected or 'none'}"
    return joined("", [name, Markup(rest)])


def person(name: str, looks: int, approved: int, of: int, seconds: float | None) -> Markup:
    """`Carol: approved 3 of 4 known-bad cases; usual time 4 s`"""
    parts = [f"{looks} review" + ("" if looks == 1 else "s")]
    if of:
        parts.append(f"approved {approved} of {of} known-bad case" + ("" if of == 1 else "s"))
    if seconds is not None:
        parts.append(f"usual time {_time(seconds)}")
    return joined("", [said("{name}: ", name=name), Markup("; ".join(parts))])


def errors(count: int) -> str:
    return "1 known error" if count == 1 else f"{count} known errors"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
