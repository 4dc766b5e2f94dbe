"""The policy file, read and checked as a whole: a Book, or everything that is wrong with it."""

from __future__ import annotations

import hashlib

from bot.policy.book import Book
from bot.policy.categories import read_categories
from bot.policy.digests import read_digests, read_report
from bot.policy.findings import Finding, Findings, PolicyError, TooManyFindingsError
from bot.policy.kinds import ZONE, shaped
from bot.policy.names import read_group_names
from bot.policy.places import read_groups, read_routes
from bot.policy.rulebook import read_rules
from bot.policy.schedules import read_agents, read_schedules
from bot.policy.section import Section
from bot.policy.source import LARGEST, read

__all__ = ["LARGEST", "Finding", "PolicyError", "load"]

_VERSION = shaped("1, the only version there is", "1")


def load(text: str | bytes, file: str) -> Book:
    """The policy in a file's text; `file` is the name that findings carry.

    Raises PolicyError with every finding at once.
    """
    findings = Findings()
    try:
        book = _book(text, findings)
    except TooManyFindingsError:
        book = None
    if book is None or findings.all:
        raise PolicyError(file, findings.all)
    return book


def _book(text: str | bytes, findings: Findings) -> Book | None:
    """Raises TooManyFindingsError."""
    tree = read(text, findings)
    if tree is None:
        if not findings.all:
            findings.note(1, "file", "a policy that begins with `version: 1`, got nothing")
        return None
    root = Section(tree, "", findings)
    root.needed("version", _VERSION, "")
    timezone = root.one("timezone", ZONE, "UTC")
    schedules = read_schedules(root)
    groups = read_groups(root, schedules)
    routes = read_routes(root, groups)
    digests = read_digests(root, timezone)
    book = Book(
        version=_fingerprint(text),
        timezone=timezone,
        groups=groups,
        admins=read_group_names(root, "admins", groups),
        routes=routes,
        rules=read_rules(root, routes, groups, digests),
        digests=digests,
        report=read_report(root, timezone),
        categories=read_categories(root, groups, digests),
        agents=read_agents(root),
        schedules=schedules,
        idle=tuple(sorted(findings.idle, key=lambda idle: idle.line)),
    )
    root.close()
    return book


def _fingerprint(text: str | bytes) -> str:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return "sha256:" + hashlib.sha256(raw).hexdigest()[:16]
