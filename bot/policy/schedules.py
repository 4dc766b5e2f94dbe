"""Reads `schedules` and `agents`: who is on call when, and the bounds of each agent."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from bot.policy.book import Agent, Rotation, Schedule
from bot.policy.kinds import AGENT, LABEL, LIMIT, NAME, PERIOD, USER, whole
from bot.policy.times import CALENDAR, HANDOVER

if TYPE_CHECKING:
    from bot.policy.section import Section

_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
_MOST_PEOPLE = 100
_NO_DUTY = "nobody is on call through it"


def read_agents(root: Section) -> dict[str, Agent]:
    agents = {}
    for name, section in root.named("agents", AGENT):
        agents[name] = Agent(
            name=name,
            systems=tuple(dict.fromkeys(system for system, _ in section.many("systems", LABEL))),
            max_open=section.one("max_open", whole(least=1), None),
            rate=section.one("rate", LIMIT, None),
        )
        section.close()
    return agents


def read_schedules(root: Section) -> dict[str, Schedule]:
    schedules = {}
    for name, section in root.named("schedules", NAME):
        rotation = section.part("rotation")
        schedules[name] = Schedule(
            name=name,
            ical=section.one("ical", CALENDAR, None),
            rotation=None if rotation is None else _rotation(rotation),
        )
        section.close()
        if section.has("ical") and section.has("rotation"):
            section.note("rotation", "either `ical` or `rotation`, not both")
        elif not section.has("ical") and rotation is None:
            section.note("ical", "an `ical` address or a `rotation`; both are missing")
        for key in ("ical", "rotation"):
            section.not_yet(key, _NO_DUTY)
    return schedules


def _rotation(section: Section) -> Rotation:
    if not section.has("people"):
        section.note("people", "a list of Slack user ids such as [U0123ABCD]; it is missing")
    people = tuple(user for user, _ in section.many("people", USER))
    if section.has("people") and not section.nodes("people"):
        section.note("people", "at least one Slack user id")
    if len(people) > _MOST_PEOPLE:
        section.note("people", f"at most {_MOST_PEOPLE} people, got {len(people)}")
    weekday, at = section.needed("handover", HANDOVER, (None, time(0)))
    every = section.needed("every", PERIOD, _WEEK)
    if weekday is not None and every % _WEEK:
        section.note("every", "whole weeks such as 1w, since the handover has a day of the week")
    elif every % _DAY:
        section.note("every", "whole days such as 1d or 1w")
    section.close()
    return Rotation(people=people, weekday=weekday, at=at, every=every)
