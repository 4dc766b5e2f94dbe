"""What people are told who may not decide, and what operators are told of people.

People are written as `<@U…>` here; whoever says the sentence puts names in their place, so that
nobody is pinged by an explanation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.blocks import Markup, said
from bot.cards.moments import fallback
from bot.domain.directory import Denial, Why

DECIDE_THIS = "decide this"
_BECAUSE: dict[Why, str] = {
    "unknown": "I do not know your Slack account yet.",
    "bot": "Only people can {this}, and this account is a bot.",
    "deactivated": "This Slack account is deactivated, so it can no longer {this}.",
    "foreign": "Only people of this workspace can {this}; you are from another one.",
    "guest": "Only full members of this workspace can {this}; you are a guest here.",
    "stale": "I could not refresh who you are from Slack since {since}.",
    "stale_roll": "I could not refresh from Slack since {since} who belongs to the groups that are "
    "asked.",
    "owner": "You own the agent that asks, so somebody else has to {this}.",
    "author": "You wrote this change, so somebody else has to agree to it.",
    "on_behalf": "The agent asks on your behalf, so somebody else has to {this}.",
    "no_address": "This was started by somebody known by e-mail, and I cannot see your address; "
    "somebody else has to {this}.",
}
_NOT_TOLD_YET = "Slack has not told me yet who belongs to the groups that are asked."
_PASSES = {"unknown", "stale", "stale_roll"}


def denied(denial: Denial, now: datetime, timezone: str, *, this: str = DECIDE_THIS) -> str:
    """Why somebody may not, and what they or others can do."""
    names = _names(denial.instead, denial.more)
    if denial.why == "stranger":
        return f"Only {names} can {this}." if names else f"Nobody is listed who can {this}."
    since = fallback(denial.since, now, timezone) if denial.since else None
    never = denial.why == "stale_roll" and since is None
    because = _NOT_TOLD_YET if never else _BECAUSE[denial.why].format(this=this, since=since)
    todo = ["try again in a minute"] if denial.why in _PASSES else []
    todo += [f"ask {names}"] if names else []
    return f"{because} Please {', or '.join(todo)}." if todo else because


def _names(instead: Sequence[str], more: int) -> str:
    names = [f"<@{user}>" for user in instead]
    if more:
        names.append(f"{more} more")
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


# --- operators -----------------------------------------------------------------------------------


def nobody_can_decide(last_heard: datetime, now: datetime, timezone: str) -> Markup:
    return said(
        "Slack has told me nothing about people since {at}, so nobody can decide through Slack any "
        "more: I would not notice whose account was closed. It goes on by itself as soon as Slack "
        "answers. Until then questions can be decided through the API, or end at their deadline.",
        at=fallback(last_heard, now, timezone),
    )


def not_told(key: str, reason: str) -> Markup:
    return said(
        "Slack does not tell me who {key} is ({reason}). Whoever decides only as a part of it is "
        "refused from an hour after the last answer on. Look at the app's scopes and at the "
        "workspace's plan; I ask again every minute.",
        key=key,
        reason=reason,
    )


def nobody_there(key: str, reason: str) -> Markup:
    return said(
        "The policy names {key}, and Slack knows nobody there ({reason}), so nobody may decide by "
        "it. Correct the policy, or create it in Slack.",
        key=key,
        reason=reason,
    )
