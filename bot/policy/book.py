"""The policy as it is in force: routes to people, and rules that choose between them.

A Book comes from `load`, which has checked it; nothing here checks again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.domain.request import Urgency

Then = Literal["approve", "reject", "escalate"]


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
    #: Where it stands in the file, counted from 1.
    line: int


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


class Book(_Page):
    """The whole policy. `version` goes into each decision as its `policy_version`."""

    version: str
    timezone: str
    #: Slack user ids by the name of their group.
    groups: dict[str, tuple[str, ...]] = {}
    #: Names of groups.
    admins: tuple[str, ...] = ()
    #: In the order of the file; there is at least one.
    routes: dict[str, Route]
    rules: tuple[Rule, ...] = ()

    def default_route(self) -> Route:
        """The first route: whatever has no better place goes there."""
        return next(iter(self.routes.values()))

    def route(self, name: str) -> Route:
        """The route of that name, or the default when the policy no longer has it.

        An escalation may be older than the policy, and must still reach somebody.
        """
        return self.routes.get(name) or self.default_route()

    def reviewers(self, route: str) -> frozenset[str]:
        """Slack ids of all who may answer on a route."""
        return self._members(self.route(route).reviewers)

    def is_admin(self, user_id: str) -> bool:
        return user_id in self._members(self.admins)

    def people(self) -> frozenset[str]:
        """Every Slack id that the policy mentions anywhere."""
        return self._members(tuple(self.groups))

    def _members(self, names: tuple[str, ...]) -> frozenset[str]:
        return frozenset(user for name in names for user in self.groups.get(name, ()))
