"""Whether a case is delivered, looked at afterwards, or asked of a person first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.learning.coin import toss

if TYPE_CHECKING:
    from bot.learning.events import Way
    from bot.learning.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """All that must be recorded with the case: nothing of it can be known afterwards."""

    #: `rule`: delivered unseen; `audit`: the coin wants it reviewed; `person`: asked.
    way: Way
    epoch: int
    coin: bool
    #: The rate at which the coin was tossed.
    audit_rate: float
    #: How likely this case was to be labelled, and the least likely one of its region.
    pi: float
    pi_min: float
    held: bool
    #: Whether a label of it is evidence.
    counts: bool
    #: Whether a person's answer comes before anything is delivered.
    waits: bool


def admit(
    standing: Standing,
    *,
    case: str,
    score: float,
    secret: bytes,
    held: bool = False,
    at_least: float | None = None,
) -> Admission:
    """The way of one case through a category that stands so.

    `held` cases go to a person for a reason of their own, and are in no region; `at_least` is the
    policy's threshold: what is delivered scores that much and is in the open region too.
    A certificate ends by an event, so `TimePassed` is folded first.
    """
    rate = standing.audit_rate
    # The coin comes first and knows the id alone, so that nothing about a case can sway it.
    coin = bool(standing.open_rungs) and toss(secret, case, rate)
    cut = standing.threshold
    floor = -math.inf if at_least is None else at_least
    delivered = not held and cut is not None and score >= max(cut, floor)
    way: Way = "person"
    if delivered:
        way = "audit" if coin else "rule"
    return Admission(
        way=way,
        epoch=standing.epoch,
        coin=coin,
        audit_rate=rate,
        pi=rate if delivered else 1.0,
        pi_min=1.0 if cut is None else rate,
        held=held,
        counts=not held and way != "rule",
        waits=way == "person" or (way == "audit" and standing.suspicious and standing.terms.holds),
    )
