"""What the operators read in their channel and in the log of decisions by rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.cards.blocks import Markup, said
from bot.domain.durations import in_words

SOCKET_DOWN = (
    "Slack's socket has been down for a minute: nobody can click. The bot goes on trying; its log "
    "says why (`socket.refused`, `socket.unreachable`)."
)
SOCKET_UP_AGAIN = "Slack's socket is up again: people can click."


def card_refused(escalation_id: str, error: str, details: Sequence[str] = ()) -> Markup:
    """For the operators' channel."""
    return said(
        "Slack refused the card of {id} ({error}); a minimal card went out, and can be decided.",
        id=escalation_id, error=f"{error}: {'; '.join(details)}" if details else error,
    )  # fmt: skip


def card_impossible(
    escalation_ids: str, channel: str, error: str, places: Sequence[str], *, everything: bool
) -> Markup:
    """For the operators' channel: nobody sees this one where it belongs."""
    if everything:
        return said(
            "Slack refuses the bot's token ({error}), so no card can be shown: {ids} waits, and "
            "whatever comes after it. Questions can be decided through the API, and end at their "
            "deadlines. `doctor` says what to do.",
            ids=escalation_ids,
            error=error,
        )
    people = [one for one in places if one.startswith(("U", "W"))]
    if people:
        instead = f"{len(people)} of its reviewers were written to directly."
    elif places:
        instead = f"It was put up in {', '.join(places)} instead."
    else:
        instead = "There is nobody else whom it could be shown to."
    return said(
        "Slack takes no card of {ids} in {channel} ({error}): nobody sees it there. {instead} "
        "The channel is tried again every few minutes; other cards for it fare the same. All of "
        "them can be decided through the API, and end at their deadlines.",
        ids=escalation_ids,
        channel=channel,
        error=error,
        instead=instead,
    )


def person_impossible(escalation_ids: str, person: str, error: str) -> Markup:
    """For the operators' channel: somebody to whom a card was sent for want of a channel."""
    return said(
        "Slack takes no card of {ids} in the direct messages of {person} either ({error}). It is "
        "tried again every few minutes, and can be decided through the API.",
        ids=escalation_ids,
        person=person,
        error=error,
    )


def policy_kept(first: str, more: int) -> Markup:
    """For the operators' channel: the file was changed, and cannot be used."""
    rest = f" (and {more} more)" if more else ""
    return said(
        "The policy file cannot be used, so the policy from before stays in force. "
        f"{{first}}{rest}. `policy check` names every mistake.",
        first=first,
    )


def replicas_differ(name: str, values: int) -> Markup:
    """For the operators' channel: what must be the same everywhere is not."""
    return said(
        "Replicas of this bot run with {values} different values of {name}. What one of them "
        "accepts, another refuses. Give all of them the same, and restart those that are behind.",
        values=values,
        name=name,
    )


def approval_not_wanted(rule: str) -> str:
    return f"rule “{rule}” would approve it, but the agent accepts no approval here"


def refused_lately(rule: str) -> str:
    return f"rule “{rule}” would approve it, but the same action was not approved in the last 24 h"


def limit_used_up(rule: str, count: int, per: timedelta) -> str:
    return f"rule “{rule}” has approved {count} in {in_words(per)}, which is its limit"


def too_many_open(agent: str, most: int) -> str:
    """For the operators: an agent asks more than people can answer."""
    return (
        f"The agent {agent} has {most} open questions and may ask no more until some are answered "
        "or cancelled. Look whether it has run wild; `max_open` in the policy sets the bound."
    )


def checkpoint(seq: int, fingerprint: str) -> str:
    """For the audit channel: what `audit verify --checkpoint` takes."""
    return f"Checkpoint of the sealed journal: `{seq}:{fingerprint}`"
