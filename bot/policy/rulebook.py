"""Reads `rules`: what is decided without a person, and who is asked otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from bot.domain.request import URGENCIES
from bot.policy.book import Rule, Then
from bot.policy.expressions import compiled
from bot.policy.findings import quoted
from bot.policy.kinds import FLAG, LIMIT, NAME, RULE_NAME, Kind, choice, text, whole
from bot.policy.names import unknown
from bot.policy.places import check_enough
from bot.policy.source import Named, Text

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.policy.book import Route
    from bot.policy.places import Groups
    from bot.policy.section import Section
    from bot.policy.source import Node

_THEN = choice(get_args(Then))
_URGENCY = choice(URGENCIES)
_COMMENT = text("a comment for the agent", 3000)
# Compiled expressions are kept (`expressions.compiled`): more than that, and each request would
# compile all of them anew.
_MOST_RULES = 1000


def _expression(value: str, _quoted: bool) -> str:
    compiled(value)
    return value


_WHEN = Kind("a CEL expression such as 'urgency == \"low\"'", _expression)


def read_rules(
    root: Section, routes: dict[str, Route], groups: Groups, digests: Collection[str]
) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    lines: dict[str, int] = {}
    nodes = root.nodes("rules")
    if len(nodes) > _MOST_RULES:
        root.note("rules", f"at most {_MOST_RULES:,} rules, got {len(nodes):,}")
    for number, node in enumerate(nodes[:_MOST_RULES], start=1):
        section = root.section(node, f"rules.{_title(node, number)}")
        rule = _rule(section, routes, groups, digests)
        if rule.name and rule.name in lines:
            section.note(
                "name", f"a name of its own; the rule in line {lines[rule.name]} has it already"
            )
        lines.setdefault(rule.name, rule.line)
        rules.append(rule)
    return tuple(rules)


def _title(node: Node, number: int) -> str:
    """How findings name a rule: by its name, else by its place in the list."""
    name = node.values.get("name") if isinstance(node, Named) else None
    return quoted(name.text)[1:-1] if isinstance(name, Text) and name.text else f"#{number}"


def _rule(
    section: Section, routes: dict[str, Route], groups: Groups, digests: Collection[str]
) -> Rule:
    rule = Rule(
        name=section.needed("name", RULE_NAME, ""),
        when=section.needed("when", _WHEN, "false"),
        then=section.needed("then", _THEN, "escalate"),
        route=section.one("route", NAME, None),
        comment=section.one("comment", _COMMENT, None),
        urgency=section.one("urgency", _URGENCY, None),
        approvals=section.one("approvals", whole(least=1), None),
        limit=section.one("limit", LIMIT, None),
        even_high_risk=section.one("even_high_risk", FLAG, default=False),
        digest=section.one("digest", NAME, None),
        line=section.line,
    )
    section.close()
    _check_digest(section, rule, digests)
    if rule.then == "reject" and not section.has("comment"):
        section.note("comment", "words for the agent: a rule that rejects says why; it is missing")
    if rule.limit is not None and rule.then not in {"approve", "by_confidence"}:
        section.note("limit", "no limit here: it counts approvals, and this rule gives none")
    if rule.route is not None and rule.route not in routes:
        section.note("route", unknown("route", rule.route, routes))
    elif rule.approvals is not None and routes:
        route = routes[rule.route] if rule.route else next(iter(routes.values()))
        check_enough(section, route, rule.approvals, groups)
    return rule


def _check_digest(section: Section, rule: Rule, digests: Collection[str]) -> None:
    if rule.then != "batch":
        if section.has("digest"):
            section.note("digest", "no digest here: only a rule that batches has one")
    elif not section.has("digest"):
        section.note("digest", "the name of a digest, for what can wait; it is missing")
    elif rule.digest is not None and rule.digest not in digests:
        section.note("digest", unknown("digest", rule.digest, digests))
