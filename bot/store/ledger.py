"""The only place that commits: a verb is a plain function of `Tx`, run as one transaction.

Nothing can hold a transaction across the network, because nothing in a verb can await.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from bot.domain.ports import Clock, Ids, Listeners
    from bot.store.tx import Tx

P = ParamSpec("P")
T = TypeVar("T")

STOPPING = "The bot is stopping. Try again in a few seconds."
#: People's clicks go first; agents' requests and our own housekeeping queue behind them.
Lane = Literal["clicks", "intake"]


class Ledger(ABC):
    """Runs verbs on one database. Each is all or nothing, and durable when it returns."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self.clock = clock
        self.ids = ids
        self._listeners: list[Listeners] = []

    def tell(self, listener: Listeners) -> None:
        """From now on this listener hears what each commit changed."""
        self._listeners.append(listener)

    @abstractmethod
    async def run(
        self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run one verb in the clicks' lane and return after its commit.

        A PullcordError of the verb undoes its work, unless the error says that it keeps it.
        Raises UnavailableError when the database cannot answer; nothing has changed then, except
        perhaps where it is an UncertainError.
        """

    @abstractmethod
    async def run_behind(
        self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same in the lane behind the clicks."""

    @abstractmethod
    async def read(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Ask without a lock, beside the writers."""

    @abstractmethod
    async def on_connection(self, work: Callable[[Connection], T]) -> T:
        """Run work of our own (a migration, a check) on a bare connection and commit it."""

    def listen(self) -> None:  # noqa: B027 - on SQLite there is nobody else
        """From now on hear what other replicas commit, where there can be others."""

    @property
    def hears_others(self) -> bool | None:
        """Whether other replicas are heard now; None where there are none."""
        return None

    @abstractmethod
    async def close(self) -> None:
        """Finish what is under way, then let go of the database."""

    def _announce(self, topics: Mapping[str, Any]) -> None:
        if topics:
            for listener in self._listeners:
                listener.committed(topics)
