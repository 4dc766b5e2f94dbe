"""What the domain needs from outside: time, ids, and somebody to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Mapping
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime


class Clock(Protocol):
    """Turns the database's time into the time that counts.

    In production it is the database's own; tests hold it still and move it.
    """

    def tell(self, database_time: datetime) -> datetime: ...


class Ids(Protocol):
    """Makes ids that sort by the time they were made: `esc_01J…`."""

    def new(self, prefix: str) -> str: ...


class Listeners(Protocol):
    """Is told after each commit, and only then, what it changed.

    With each topic comes how it is now, where the commit was ours and the verb said so.
    """

    def committed(self, topics: Mapping[str, object]) -> None: ...

    def look_again(self) -> None:
        """What other replicas committed may have been missed."""
        ...


class Sleep(Protocol):
    """Until the topic changes (True), or for so many seconds (False)."""

    @property
    def news(self) -> object:
        """How it is now, where whoever changed it said so; None: read it."""
        ...

    def __call__(self, seconds: float, known: int | None = None) -> Awaitable[bool]:
        """`known`: the version that the sleeper has seen; a sweep looks whether it still is."""
        ...


class Waker(Protocol):
    """Lets a caller sleep until something changes."""

    def listening(self, topic: str) -> AbstractAsyncContextManager[Sleep]:
        """Inside, `await sleep(seconds)` ends early, with True, as soon as the topic changes.

        A change between entering and sleeping counts: read after entering, and none is missed.
        """
        ...

    def awaited(self) -> Iterable[tuple[str, set[int]]]:
        """Topics of escalations that agents wait for, and the versions that they know."""
        ...

    def committed(self, topics: Mapping[str, object]) -> None:
        """These have changed, with the news of each."""
        ...

    @property
    def closing(self) -> bool:
        """The bot is stopping: nobody should go to sleep again."""
        ...

    def look_again(self) -> None:
        """Let everybody look once more, and sleep on where nothing has changed."""
        ...

    def wake_everybody(self) -> None:
        """The bot is stopping: let those who sleep look once more and go."""
        ...
