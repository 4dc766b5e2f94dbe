"""What the operators read about callbacks that do not arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.cards.text import one_line

if TYPE_CHECKING:
    from bot.domain.outgoing import RelayEvent

GONE = "answered with 410 Gone"
NOTHING_ARRIVES = "nothing has arrived for five days"


class Given(Protocol):
    """What is said of an event."""

    @property
    def id(self) -> str: ...
    @property
    def agent(self) -> str: ...
    @property
    def event(self) -> RelayEvent: ...
    @property
    def host(self) -> str: ...
    @property
    def escalation_id(self) -> str: ...
    @property
    def attempts(self) -> int: ...


def given_up(given: Given, reason: str) -> str:
    return (
        f"The agent {one_line(given.agent)} could not be told at {one_line(given.host)} about "
        f"{given.escalation_id} ({given.event}): {reason}, {given.attempts} tries. It can still "
        f"read the answer. `python -m bot replay {given.id}` tries again; `python -m bot dead` "
        "lists what else was given up."
    )


def disabled(agent: str, host: str, why: str) -> str:
    return (
        f"Callbacks of the agent {one_line(agent)} to {one_line(host)} are switched off: {why}. "
        "Its questions and answers are not affected. `python -m bot dead` lists what was not "
        "delivered; `python -m bot replay ID` switches the address on again."
    )
