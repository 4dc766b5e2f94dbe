"""The short-lived passes Slack hands to an app: trigger ids and response addresses."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.refusals import RefusedError

TRIGGER_SECONDS = 3
RESPONSE_SECONDS = 30 * 60
RESPONSE_USES = 5


@dataclass
class _Trigger:
    user: str
    at: float
    used: bool = False


@dataclass
class ResponseUrl:
    """Where an app may answer one interaction, a few times, for a while."""

    user: str
    channel: str
    message_ts: str | None
    at: float
    uses: int = 0


class Passes:
    """All passes given out, and the rules of their use."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Read the time from `now`."""
        self._now = now
        self._triggers: dict[str, _Trigger] = {}
        self._responses: dict[str, ResponseUrl] = {}

    def new_trigger(self, user: str) -> str:
        """Give out a trigger id on behalf of `user`."""
        number = len(self._triggers) + 1
        trigger = f"{int(self._now())}.{number}.{secrets.token_hex(16)}"
        self._triggers[trigger] = _Trigger(user, self._now())
        return trigger

    def exchange(self, trigger_id: str) -> str:
        """Use up a trigger id; returns whose screen it opens a view on."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise RefusedError("invalid_trigger_id")
        if trigger.used:
            raise RefusedError("exchanged_trigger_id")
        if self._now() - trigger.at > TRIGGER_SECONDS:
            raise RefusedError("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def new_response(self, user: str, channel: str, message_ts: str | None) -> str:
        """Give out the secret part of a response address."""
        token = secrets.token_urlsafe(18)
        self._responses[token] = ResponseUrl(user, channel, message_ts, self._now())
        return token

    def response(self, token: str) -> ResponseUrl:
        """Look up a response address that may still be used."""
        found = self._responses.get(token)
        if found is None:
            raise RefusedError("invalid_url")
        if self._now() - found.at > RESPONSE_SECONDS:
            raise RefusedError("expired_url")
        if found.uses >= RESPONSE_USES:
            raise RefusedError("used_url")
        return found
