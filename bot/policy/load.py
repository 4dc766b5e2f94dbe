"""The policy file, read and checked as a whole: a Book, or everything that is wrong with it."""

from __future__ import annotations

import hashlib

from bot.policy.book import Book
from bot.policy.findings import Finding, Findings, PolicyError
from bot.policy.kinds import ZONE, shaped
from bot.policy.places import read_group_names, read_groups, read_routes
from bot.policy.rulebook import read_rules
from bot.policy.section import Section
from bot.policy.source import read

__all__ = ["Finding", "PolicyError", "load"]

_VERSION = shaped("1, the only version there is", "1")
_LATER = ("digests", "categories", "agents", "schedules")


def load(text: str | bytes, file: str) -> Book:
    """The policy in a file's text; `file` is the name that findings carry.

    Raises PolicyError with every finding at once.
    """
    findings = Findings()
    tree = read(text, findings)
    if tree is None:
        if not findings.all:
            findings.note(1, "file", "a policy that begins with `version: 1`, got nothing")
        raise PolicyError(file, findings.all)
    root = Section(tree, "", findings)
    root.needed("version", _VERSION, "")
    groups = read_groups(root)
    routes = read_routes(root, groups)
    book = Book(
        version=_fingerprint(text),
        timezone=root.one("timezone", ZONE, "UTC"),
        groups=groups,
        admins=read_group_names(root, "admins", groups),
        routes=routes,
        rules=read_rules(root, routes, groups),
    )
    root.close(later=_LATER)
    if findings.all:
        raise PolicyError(file, findings.all)
    return book


def _fingerprint(text: str | bytes) -> str:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return "sha256:" + hashlib.sha256(raw).hexdigest()[:16]
