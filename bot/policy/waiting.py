"""Reads what a route does while nobody answers: reminders, tiers, quiet hours, the end of time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

from bot.domain.escalation import OnTimeout
from bot.domain.request import URGENCIES
from bot.policy.book import Assign, Tier
from bot.policy.kinds import CHANNEL, NAME, PERIOD, choice, duration
from bot.policy.names import read_group_names, unknown
from bot.policy.times import QUIET

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.policy.book import Route
    from bot.policy.section import Section

_ON_TIMEOUT = choice(get_args(OnTimeout))
_ASSIGN = choice(get_args(Assign))
_URGENCY = choice(URGENCIES)
_GRACE = duration(timedelta(hours=1), or_none=True)
_MOST_STEPS = 20
#: What happens in place of what a key asks for.
_INSTEAD = {
    "assign": "nobody is named; all reviewers of the route are asked alike",
}


def read_waiting(
    section: Section, deadline: timedelta, groups: Collection[str]
) -> Mapping[str, Any]:
    """The fields of a Route that are about waiting."""
    on_timeout = section.one("on_timeout", _ON_TIMEOUT, "expire")
    grace = section.one("grace", _GRACE, timedelta(0))
    if grace >= deadline:
        section.note("grace", "less than the route's deadline, or no click would ever count")
    fields = {
        "on_timeout": on_timeout,
        "remind_after": _remind_after(section, deadline),
        "tiers": _tiers(section, deadline, groups),
        "grace": grace,
        "fallback": section.one("fallback", NAME, None),
        "quiet_hours": section.one("quiet_hours", QUIET, None),
        "assign": section.one("assign", _ASSIGN, None),
    }
    for key, instead in _INSTEAD.items():
        if fields[key]:
            section.not_yet(key, instead)
    return fields


def _remind_after(section: Section, deadline: timedelta) -> tuple[timedelta, ...]:
    steps: list[timedelta] = []
    for step, line in section.many("remind_after", PERIOD):
        if step >= deadline:
            section.note_at(line, "remind_after", "reminders before the route's deadline")
        elif steps and step <= steps[-1]:
            section.note_at(line, "remind_after", "the shortest time first, and each only once")
        steps.append(step)
    if len(steps) > _MOST_STEPS:
        section.note("remind_after", f"at most {_MOST_STEPS} reminders, got {len(steps)}")
    return tuple(steps)


def _tiers(section: Section, deadline: timedelta, groups: Collection[str]) -> tuple[Tier, ...]:
    tiers: list[Tier] = []
    for part in section.parts("tiers"):
        tier = Tier(
            after=part.needed("after", PERIOD, timedelta(0)),
            channel=part.one("channel", CHANNEL, None),
            reviewers=read_group_names(part, "reviewers", groups),
            urgency=part.one("urgency", _URGENCY, None),
        )
        part.close()
        if not any(map(part.has, ("channel", "reviewers", "urgency"))):
            part.note("reviewers", "what the tier adds: reviewers, a channel or an urgency")
        if tier.after >= deadline:
            part.note("after", "a tier before the route's deadline")
        elif tiers and timedelta(0) < tier.after <= tiers[-1].after:
            part.note("after", "the earliest tier first, and each at a time of its own")
        tiers.append(tier)
    if len(tiers) > _MOST_STEPS:
        section.note("tiers", f"at most {_MOST_STEPS} tiers, got {len(tiers)}")
    return tuple(tiers)


def check_fallbacks(sections: Mapping[str, Section], routes: Mapping[str, Route]) -> None:
    """Notes a fallback that does not exist, or that leads back to where it began."""
    for name, route in routes.items():
        if route.fallback is None:
            continue
        if route.fallback not in routes:
            sections[name].note("fallback", unknown("route", route.fallback, routes))
        elif _leads_back(name, routes):
            sections[name].note("fallback", "a way that does not lead back to this route")


def _leads_back(name: str, routes: Mapping[str, Route]) -> bool:
    seen: set[str] = set()
    step = routes[name].fallback
    while step is not None and step in routes and step not in seen:
        if step == name:
            return True
        seen.add(step)
        step = routes[step].fallback
    return False
