"""What `/pullcord stats` says."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.blocks import Markup, joined, said

NOTHING = "Nothing was asked in the last seven days."


def title(*, whole: bool, most: int) -> Markup:
    of = "" if whole else f" (the latest {most:,} questions)"
    return Markup(f"*The last seven days*{of}")


def line(
    category: str,
    asked: int,
    seen: str | None,
    parts: Sequence[tuple[int, str]],
    median: str | None,
) -> Markup:
    name = said("*{name}*", name=category) if category else Markup("*without a category*")
    counted = [f"{number:,} {what}" for number, what in parts if number]
    shares = [] if seen is None else [seen]
    half = [] if median is None else [f"half of the answers within {median}"]
    return joined(
        "", [name, Markup(f": {asked:,} asked · " + " · ".join([*counted, *half, *shares]))]
    )


def footer(more: int) -> Markup:
    others = f"{more} more categories. " if more else ""
    return Markup(f"{others}`/pullcord stats CATEGORY` for one of them.")


def nothing_of(category: str, near: str | None) -> Markup:
    sentence = said(
        "Nothing of the category “{category}” was asked in the last seven days.", category=category
    )
    if near is not None:
        sentence = joined(" ", [sentence, said("Did you mean “{near}”?", near=near)])
    return sentence
