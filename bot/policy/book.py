"""The policy as it is in force: routes to people, and rules that choose between them.

A Book comes from `load`, which has checked it; nothing here checks again.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.domain.directory import Directory, Roll
from bot.domain.escalation import Escalation, OnTimeout
from bot.domain.people import Clicker
from bot.domain.request import RiskLevel, Urgency

Then = Literal["approve", "reject", "escalate", "batch", "by_confidence"]
Assign = Literal["one", "suggest"]


class _Page(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limit(_Page):
    """How many approvals a rule gives to one agent in any stretch of `per`."""

    count: int
    per: timedelta


class Rule(_Page):
    """The first rule whose `when` is true decides where an escalation goes."""

    name: str
    when: str
    then: Then
    route: str | None = None
    comment: str | None = None
    urgency: Urgency | None = None
    #: None: the route's own number.
    approvals: int | None = None
    limit: Limit | None = None
    even_high_risk: bool = False
    #: The digest that collects it, where it can wait.
    digest: str | None = None
    #: Where it stands in the file, counted from 1.
    line: int


class Tier(_Page):
    """Who is asked besides when nobody has answered `after` that long; votes and deadline stay."""

    after: timedelta
    channel: str | None = None
    #: Names of groups.
    reviewers: tuple[str, ...] = ()
    urgency: Urgency | None = None


class QuietHours(_Page):
    """From `start` to `end` by the file's time zone; over midnight when `end` is the earlier."""

    start: time
    end: time


class Route(_Page):
    """A way to people: where the card goes up, who may answer, and for how long."""

    name: str
    #: A Slack channel id, or "#name".
    channel: str
    #: Names of groups.
    reviewers: tuple[str, ...]
    approvals: int = 1
    deadline: timedelta = timedelta(hours=4)
    no_self_approval: bool = False
    #: NAMEs of API keys that may vote here.
    keys: tuple[str, ...] = ()
    valid_for: timedelta = timedelta(hours=24)
    quick_reasons: tuple[str, ...] = ()
    on_timeout: OnTimeout = "expire"
    #: How long after the start; the shortest first.
    remind_after: tuple[timedelta, ...] = ()
    #: The earliest first, all of them before the deadline.
    tiers: tuple[Tier, ...] = ()
    #: How long a click can be taken back.
    grace: timedelta = timedelta(0)
    #: The route that is taken when this one's channel cannot be reached.
    fallback: str | None = None
    quiet_hours: QuietHours | None = None
    assign: Assign | None = None


class Digest(_Page):
    """When the questions that can wait are brought together, and where."""

    name: str
    #: Five fields, read by the clocks of `timezone`.
    cron: str
    timezone: str
    channel: str


class WeeklyReport(_Page):
    """When a report of the week behind it is posted, and where."""

    #: As a digest's.
    cron: str
    timezone: str
    channel: str


class ReviewWay(_Page):
    """How a category's outputs are put to people afterwards."""

    #: They wait for the slot of this digest, and come as one message; None: a card each, at once.
    digest: str | None = None
    #: Names of groups; empty: those of the first route.
    reviewers: tuple[str, ...] = ()
    #: A second person says whether an objection is right.
    second_look: bool = False


class Category(_Page):
    """What is asked of one kind of cases. None: left to the preset, or to the default."""

    name: str
    preset: str | None = None
    risk: RiskLevel | None = None
    target_escalation_rate: float | None = None
    threshold: float | None = None
    learn: bool | None = None
    #: The share of its outputs that people look at.
    sample: float | None = None
    review: ReviewWay | None = None
    #: For the agent's end user, while a person looks at it.
    handoff: str | None = None


class Agent(_Page):
    """The bounds of one agent."""

    name: str
    systems: tuple[str, ...] = ()
    max_open: int | None = None
    rate: Limit | None = None


class Rotation(_Page):
    """People who take turns of the length `every`, handed over at a time of day."""

    #: Slack user ids, in their order; somebody may come more than once.
    people: tuple[str, ...]
    #: 0 is Monday; None: any day, when turns are counted in days.
    weekday: int | None
    at: time
    every: timedelta


class Schedule(_Page):
    """Who is on call when: from a calendar, or by turns. One of the two is set."""

    name: str
    ical: str | None = None
    rotation: Rotation | None = None


class Idle(_Page):
    """A key of the file that is read and checked, and not acted on yet."""

    line: int
    key: str
    #: What happens in place of what the key asks for.
    instead: str

    def within(self, file: str) -> str:
        return f"{file}:{self.line}: {self.key}: not acted on yet: {self.instead}"


class Group(_Page):
    """A set of people: by their ids, by a usergroup of Slack's, by their addresses, or by all."""

    users: tuple[str, ...] = ()
    #: Slack's id of it: `S0…`.
    usergroup: str | None = None
    #: Case does not matter in them; they are kept folded.
    emails: tuple[str, ...] = ()
    #: Whoever is on call by it belongs to the group, once schedules are acted on.
    schedule: str | None = None

    @property
    def rolls(self) -> tuple[str, ...]:
        """What only Slack can say who that is."""
        return (self.usergroup, *self.emails) if self.usergroup else self.emails


class Book(_Page):
    """The whole policy. `version` goes into each decision as its `policy_version`."""

    version: str
    timezone: str
    groups: dict[str, Group] = {}
    #: Names of groups.
    admins: tuple[str, ...] = ()
    #: In the order of the file; there is at least one.
    routes: dict[str, Route]
    rules: tuple[Rule, ...] = ()
    digests: dict[str, Digest] = {}
    report: WeeklyReport | None = None
    categories: dict[str, Category] = {}
    #: By the NAME of their keys.
    agents: dict[str, Agent] = {}
    schedules: dict[str, Schedule] = {}
    #: In the order of the file.
    idle: tuple[Idle, ...] = ()

    def category(self, name: str | None) -> Category | None:
        """None where a request has no category, or one that is not listed."""
        return None if name is None else self.categories.get(name)

    @property
    def scores_high_risk(self) -> bool:
        """Whether any rule lets a score speak for categories of high risk."""
        return any(one.then == "by_confidence" and one.even_high_risk for one in self.rules)

    def threshold(self, category: str | None) -> float | None:
        """The least confidence that the category wants."""
        listed = self.category(category)
        return listed.threshold if listed else None

    def handoff(self, category: str | None) -> str | None:
        """The category's own sentence for the end user."""
        listed = self.category(category)
        return listed.handoff if listed else None

    def review_way(self, category: str) -> ReviewWay:
        """How outputs of the category are reviewed, by whom and where."""
        listed = self.category(category)
        said = (listed.review if listed else None) or ReviewWay()
        if said.reviewers:
            return said
        return said.model_copy(update={"reviewers": self.default_route().reviewers})

    def default_route(self) -> Route:
        """The first route: whatever has no better place goes there."""
        return next(iter(self.routes.values()))

    def route(self, name: str) -> Route:
        """The route of that name, or the default when the policy no longer has it.

        An escalation may be older than the policy, and must still reach somebody.
        """
        return self.routes.get(name) or self.default_route()

    def tiers_of(self, asked: Escalation) -> tuple[Tier, ...]:
        """The tiers that are behind it; of a route that is gone there are none."""
        route = self.routes.get(asked.need.route)
        return () if route is None else route.tiers[: asked.tier]

    def groups_asked(self, asked: Escalation, route: str) -> tuple[str, ...]:
        """Names of the groups that may decide it now, on the route that this action needs."""
        groups = self.route(route).reviewers
        if route == asked.need.route:
            groups += tuple(one for tier in self.tiers_of(asked) for one in tier.reviewers)
        return tuple(dict.fromkeys(groups))

    def reviewers(self, route: str, directory: Directory) -> frozenset[str]:
        """Slack ids of all whom a route asks, by what we heard last."""
        return self.members(self.route(route).reviewers, directory)

    def reviewers_of_digest(self, name: str) -> tuple[str, ...]:
        """Names of the groups whom the rules ask that batch into it, and of the admins."""
        rules = (rule for rule in self.rules if rule.digest == name)
        routes = [self.route(rule.route) if rule.route else self.default_route() for rule in rules]
        return tuple(dict.fromkeys([g for r in routes for g in r.reviewers] + [*self.admins]))

    def is_admin(self, person: Clicker, directory: Directory) -> bool:
        """Whether this is an admin against whom nothing stands; `why_no_admin` has the reason."""
        admins = self.members(self.admins, directory, fresh=True)
        return person.id in admins and directory.bar(person.id, person.team_id) is None

    def people(self, directory: Directory) -> frozenset[str]:
        """Every Slack id that the policy means anywhere."""
        return self.members(tuple(self.groups), directory)

    def rolls(self) -> tuple[str, ...]:
        """Every usergroup and address that the policy mentions anywhere."""
        return tuple(sorted({key for group in self.groups.values() for key in group.rolls}))

    def members(
        self, names: tuple[str, ...], directory: Directory, *, fresh: bool = False
    ) -> frozenset[str]:
        """Slack ids in these groups; `fresh`: only by what Slack has said lately."""
        listed = {user for name in names for user in self._group(name).users}
        for roll in self.rolls_of(names, directory):
            if not (fresh and directory.is_old(roll.fetched_at)):
                listed |= roll.members
        return frozenset(listed)

    def rolls_of(self, names: tuple[str, ...], directory: Directory) -> list[Roll]:
        """The usergroups and addresses of these groups, as Slack described them last."""
        return [directory.roll(key) for name in names for key in self._group(name).rolls]

    def _group(self, name: str) -> Group:
        return self.groups.get(name) or Group()
