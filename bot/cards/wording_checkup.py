"""What `/pullcord doctor` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards.blocks import Markup, said
from bot.cards.wording_findings import name_of

if TYPE_CHECKING:
    from bot.domain.findings import Kind

OK, WRONG = "✅", "⚠️"
WELL = "*All is well.*"
NOT_WELL = "*Something is not as it should be.*"
NOTHING_FOUND = f"{OK} auditor: finds nothing wrong"
ON_THE_MACHINE = (
    "Scopes, channels and the disk are looked at by `python -m bot doctor` where the bot runs."
)
_PARTS = {"database": "database", "schema": "tables", "policy": "policy file", "slack": "Slack",
          "listener": "hears the other replicas", "process": "process"}  # fmt: skip


def part(name: str, state: str | None) -> Markup:
    """`state` None: not well, and the reason is for admins."""
    label = _PARTS.get(name, name)
    if state == "ok":
        return said(f"{OK} {{label}}: ok", label=label)
    reason = state if state is not None else "not as it should be"
    return said(f"{WRONG} {{label}}: {{reason}}", label=label, reason=reason)


def people(ago: str | None, *, well: bool) -> Markup:
    if ago is None:
        return Markup(f"{WRONG} people: Slack has told nothing of anybody yet")
    return Markup(f"{OK if well else WRONG} people: Slack last told of them {ago} ago")


def cards(behind: int) -> Markup:
    if not behind:
        return Markup(f"{OK} cards: all up to date")
    what = "1 has" if behind == 1 else f"{behind:,} have"
    return Markup(f"{WRONG} cards: {what} been behind for more than a minute")


def callbacks(pending: int, dead: int) -> Markup:
    if not dead:
        return Markup(f"{OK} callbacks: {pending:,} on their way, none given up")
    return Markup(f"{WRONG} callbacks: {pending:,} on their way, {dead:,} given up")


def finding(kind: Kind, since: str) -> Markup:
    return Markup(f"{WRONG} auditor: {name_of(kind)}, for {since}")


def paused(count: int) -> Markup:
    return Markup("⏸ 1 agent is paused" if count == 1 else f"⏸ {count} agents are paused")
