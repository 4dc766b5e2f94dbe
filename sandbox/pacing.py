"""Slack's rate limits: what may be called how often, by the workspace's own clock."""

import math
from collections import deque
from collections.abc import Callable

MINUTE = 60.0
TIERS = {2: 20, 3: 50, 4: 100}
# One message a second and channel, says Slack; "short bursts" it leaves open.
BURST = 3
# "Several hundred messages per minute per workspace."
POSTS = 300
_SPECIAL = 600
# What is not here is of tier 4.
_TIER_OF = {
    "apps.connections.open": 3,
    "bots.info": 3,
    "chat.delete": 3,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.join": 3,
    "conversations.list": 2,
    "conversations.open": 3,
    "conversations.replies": 3,
    "dnd.info": 3,
    "dnd.teamInfo": 2,
    "team.info": 3,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.getPresence": 3,
    "users.list": 2,
    "users.lookupByEmail": 3,
}
_LIMITS = {"auth.test": _SPECIAL, "chat.getPermalink": _SPECIAL, "chat.postMessage": POSTS}


def limit_of(method: str) -> int:
    """Return how many calls a minute a method may get in this workspace."""
    return _LIMITS.get(method) or TIERS[_TIER_OF.get(method, 4)]


class Pacing:
    """Counts calls, and says how long to wait when there were too many."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Read the time from `now`; off until switched on."""
        self.on = False
        self._now = now
        self._calls: dict[str, deque[float]] = {}
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, method: str, channel: str | None) -> int | None:
        """Count a call and return None, or return the whole seconds until there is room.

        A refused call does not count: whoever waits as told gets through.
        """
        if not self.on:
            return None
        now = self._now()
        calls = self._calls.setdefault(method, deque())
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        if len(calls) >= limit_of(method):
            return max(1, math.ceil(calls[0] + MINUTE - now))
        if method == "chat.postMessage" and channel is not None:
            level, at = self._buckets.get(channel, (float(BURST), now))
            level = min(float(BURST), level + max(0.0, now - at))
            if level < 1:
                self._buckets[channel] = (level, now)
                return max(1, math.ceil(1 - level))
            self._buckets[channel] = (level - 1, now)
        calls.append(now)
        return None
