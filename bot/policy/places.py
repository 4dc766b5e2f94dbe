"""Reads `groups`, `admins` and `routes`: who there is, and the ways to them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.policy.book import Group, Route
from bot.policy.kinds import (
    CHANNEL,
    EMAIL,
    FLAG,
    KEY,
    NAME,
    USER,
    USERGROUP,
    duration,
    text,
    whole,
)  # fmt: skip
from bot.policy.names import read_group_names, unknown
from bot.policy.waiting import check_fallbacks, read_waiting

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.policy.section import Section

# The contract's: no escalation stays open longer.
_DEADLINE = duration(timedelta(days=30))
_VALID_FOR = duration(timedelta(days=3650))
# Slack cuts the text of an option at 75 characters.
_REASON = text("a short reason", 75)
_MOST_REASONS = 5
_GROUP_KEYS = ("users", "usergroup", "emails", "schedule")

Groups = dict[str, Group]


def read_groups(root: Section, schedules: Collection[str]) -> Groups:
    return {name: _group(section, schedules) for name, section in root.named("groups", NAME)}


def _group(section: Section, schedules: Collection[str]) -> Group:
    if not any(map(section.has, _GROUP_KEYS)):
        section.note("users", "a list of Slack user ids such as [U0123ABCD]; it is missing")
    users = [user for user, _ in section.many("users", USER)]
    emails = [email for email, _ in section.many("emails", EMAIL)]
    usergroup = section.one("usergroup", USERGROUP, None)
    schedule = section.one("schedule", NAME, None)
    if schedule is not None and schedule not in schedules:
        section.note("schedule", unknown("schedule", schedule, schedules))
    section.not_yet("schedule", "nobody belongs to the group through it")
    section.close()
    return Group(
        users=tuple(dict.fromkeys(users)),
        usergroup=usergroup,
        emails=tuple(dict.fromkeys(emails)),
        schedule=schedule,
    )


def read_routes(root: Section, groups: Groups) -> dict[str, Route]:
    sections = dict(root.named("routes", NAME))
    routes = {name: _route(name, section, groups) for name, section in sections.items()}
    check_fallbacks(sections, routes)
    if root.lacks("routes"):
        root.note("routes", "at least one route: somebody must be asked when no rule matches")
    return routes


def _route(name: str, section: Section, groups: Groups) -> Route:
    if not section.has("reviewers"):
        section.note("reviewers", "a list of groups such as [billing-leads]; it is missing")
    reasons = [reason for reason, _ in section.many("quick_reasons", _REASON)]
    if len(reasons) > _MOST_REASONS:
        section.note("quick_reasons", f"at most {_MOST_REASONS} reasons, got {len(reasons)}")
    deadline = section.one("deadline", _DEADLINE, timedelta(hours=4))
    route = Route(
        name=name,
        channel=section.needed("channel", CHANNEL, ""),
        reviewers=read_group_names(section, "reviewers", groups),
        approvals=section.one("approvals", whole(least=1), 1),
        deadline=deadline,
        no_self_approval=section.one("no_self_approval", FLAG, default=False),
        keys=tuple(dict.fromkeys(key for key, _ in section.many("keys", KEY))),
        valid_for=section.one("valid_for", _VALID_FOR, timedelta(hours=24)),
        quick_reasons=tuple(reasons),
        **read_waiting(section, deadline, groups),
    )
    section.close()
    check_enough(section, route, route.approvals, groups)
    return route


def check_enough(section: Section, route: Route, approvals: int, groups: Groups) -> None:
    """Notes a number of approvals that this route can never bring together."""
    if not all(name in groups for name in route.reviewers):
        return  # who they are is unknown, and a finding already
    asked = [groups[name] for name in route.reviewers]
    if any(group.usergroup or group.schedule for group in asked):
        return  # only Slack or the schedule knows how many they are
    people = {one for group in asked for one in (*group.users, *group.emails)}
    voices = len(people) + len(route.keys)
    if approvals > voices:
        keys = f" and {len(route.keys)} keys" if route.keys else ""
        section.note(
            "approvals",
            f"at most as many approvals as the route {route.name!r} has reviewers "
            f"({len(people)}{keys}), got {approvals}",
        )
