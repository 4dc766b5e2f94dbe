"""Who waits for what: fed by the commits, and only an alarm clock, never the truth."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_AGENTS = "escalation:"


class CommitWaker:
    """Wakes everybody in this process who listens for a topic that a commit has changed."""

    def __init__(self) -> None:
        self._asleep: dict[str, set[_Sleeper]] = {}
        self.closing = False

    def committed(self, topics: Mapping[str, object]) -> None:
        for topic, news in topics.items():
            for sleeper in self._asleep.get(topic, ()):
                sleeper.wake(news)

    def listening(self, topic: str) -> _Sleeper:
        return _Sleeper(self._asleep, topic)

    def awaited(self) -> Iterator[tuple[str, set[int]]]:
        """What agents wait for, with the versions that they have seen of it."""
        for topic, sleepers in self._asleep.items():
            known = {one.known for one in sleepers if one.known is not None}
            if known and topic.startswith(_AGENTS):
                yield topic, known

    def look_again(self) -> None:
        """Let everybody read once more, and go on waiting where nothing has changed."""
        self.committed(dict.fromkeys(self._asleep))

    def wake_everybody(self) -> None:
        """The bot is stopping: let those who wait read once more and go."""
        self.closing = True
        self.look_again()

    @property
    def waiting(self) -> int:
        """How many agents sleep here now; our own workers do not count."""
        return sum(
            len(sleepers) for topic, sleepers in self._asleep.items() if topic.startswith(_AGENTS)
        )


class _Sleeper:
    """One who listens. Thousands lie here at a time, so it holds as little as can be."""

    __slots__ = ("_bed", "_house", "_topic", "_woken", "known", "news")

    def __init__(self, house: dict[str, set[_Sleeper]], topic: str) -> None:
        self._house = house
        self._topic = topic
        self._woken = False
        self._bed: asyncio.Future[None] | None = None
        self.known: int | None = None
        self.news: object = None

    async def __aenter__(self) -> _Sleeper:
        self._house.setdefault(self._topic, set()).add(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        listeners = self._house[self._topic]
        listeners.discard(self)
        if not listeners:
            del self._house[self._topic]

    async def __call__(self, seconds: float, known: int | None = None) -> bool:
        if self._woken:
            return True
        loop = asyncio.get_running_loop()
        self.known = known
        self._bed = loop.create_future()
        alarm = loop.call_later(seconds, self._rise)
        try:
            await self._bed
        finally:
            alarm.cancel()
            self._bed = self.known = None
        return self._woken

    def wake(self, news: object) -> None:
        self._woken = True
        self.news = news
        self._rise()

    def _rise(self) -> None:
        if self._bed is not None and not self._bed.done():
            self._bed.set_result(None)
