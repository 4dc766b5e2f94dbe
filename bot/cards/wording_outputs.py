"""What is said about outputs: why one is looked at, and what is wrong with a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards.text import clip, one_line

if TYPE_CHECKING:
    from bot.domain.unusual import Unusual

#: Said to the agent of another try of something that was wrong.
TRIED_AGAIN = "another try of an output that was wrong"
OTHER_CONTENT = "was reported before with other content; a new output needs an id of its own"
_TOOL = 40
_MANY = 10


def unusual(found: Unusual) -> str:
    """The reason in words, for people and for the agent."""
    match found.part:
        case "length" if found.own >= found.usual:
            return f"{_times(found.own, found.usual)} longer than usual"
        case "length":
            return f"{_times(found.usual, found.own)} shorter than usual"
        case "calls":
            calls = f"{found.own:.0f} tool call{'' if found.own == 1 else 's'}"
            return f"{calls}, usually {round(found.usual)}"
        case "step":
            return _step(found)
        case _:
            return "tools in an unusual order"


def _times(more: float, less: float) -> str:
    by = (more + 1) / (less + 1)
    return f"{by:.0f}×" if by >= _MANY else f"{by:.1f}×"


def _step(found: Unusual) -> str:
    often = "rarely" if found.seen else "never"
    if found.before is None and found.after is None:
        return f"no tool was called, which {often} happens"
    if found.before is None:
        return f"{_name(found.after)} {often} comes first"
    if found.after is None:
        return f"it {often} ends after {_name(found.before)}"
    return f"{_name(found.after)} {often} follows {_name(found.before)}"


def _name(tool: str | None) -> str:
    return clip(one_line(tool or ""), _TOOL)
