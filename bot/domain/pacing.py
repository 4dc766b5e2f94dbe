"""How often Slack may be called: one beat a method, and for posts one a channel besides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

#: Methods that share a limit. `post` has one a channel, and one for all channels together.
Paced = Literal["post", "update", "history", "ephemeral", "home"]

#: Slack's limits are a minute's: no backlog of a method may be worth more than this.
LONGEST_REST = timedelta(hours=1)
#: Where Slack refuses without saying for how long.
UNSAID_REST = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Beat:
    """After a rest `burst` calls at once, then one every `gap`."""

    gap: timedelta
    burst: int = 1

    def faster(self, times: float) -> Beat:
        return replace(self, gap=self.gap / times)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Within Slack's limits, with some room for what else calls with the same token."""

    #: "One message a second and channel"; bursts are not promised, so none is tried.
    channel: Beat
    #: "Several hundred messages a minute" in a workspace: at most 260 here.
    workspace: Beat
    #: Tier 3 is 50 calls a minute: at most 47 here.
    update: Beat
    history: Beat
    #: A channel whose first posts would take longer than this gets them grouped.
    patience: timedelta = timedelta(seconds=20)

    @property
    def crowd(self) -> int | None:
        """How many first posts a channel may wait for before they are grouped; None: any."""
        return int(self.patience / self.channel.gap) if self.channel.gap else None

    def faster(self, times: float) -> Pace:
        """The same in other time, for a stand-in of Slack's; 0: without any limit."""
        if times == 0:
            return UNPACED
        return Pace(
            channel=self.channel.faster(times),
            workspace=self.workspace.faster(times),
            update=self.update.faster(times),
            history=self.history.faster(times),
            patience=self.patience / times,
        )


SLACKS_PACE = Pace(
    channel=Beat(timedelta(seconds=1.05)),
    workspace=Beat(timedelta(seconds=0.25), 20),
    update=Beat(timedelta(seconds=1.6), 10),
    history=Beat(timedelta(seconds=1.6), 10),
)

_FREE = Beat(timedelta(0))
#: For a Slack without limits; what it refuses all the same is still waited for.
UNPACED = Pace(channel=_FREE, workspace=_FREE, update=_FREE, history=_FREE)


def lane(method: Paced, channel: str | None = None) -> str:
    """The name of a pacing row: of a method, or of the posts of one channel."""
    return method if channel is None else f"{method}:{channel}"


def rest(after: float | None) -> timedelta:
    """How long to leave a method alone after a refusal that said so, or did not."""
    if after is None:
        return UNSAID_REST
    return timedelta(seconds=min(after, LONGEST_REST.total_seconds()))
