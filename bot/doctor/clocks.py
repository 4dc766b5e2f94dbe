"""How far apart two clocks are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.doctor.lines import ok, wrong

if TYPE_CHECKING:
    from datetime import datetime

    from bot.doctor.lines import Line

# Signatures are refused at 300 seconds; whoever is off by 5 has no time service.
_MOST = timedelta(seconds=5)


def look_at_clock(whose: str, theirs: datetime, before: datetime, after: datetime) -> Line:
    """`theirs` was read between the two moments of this machine; a second more is rounding."""
    ahead = theirs - after
    behind = before - theirs - timedelta(seconds=1)
    if max(ahead, behind) <= _MOST:
        return ok(f"clock: this machine and {whose} agree")
    seconds = round(abs((theirs - after).total_seconds()))
    side = "behind" if ahead > behind else "ahead of"
    return wrong(
        f"clock: this machine is {seconds} s {side} {whose}",
        "let both follow a time service (NTP); clicks are refused from 300 s on",
    )
