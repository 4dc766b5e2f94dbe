"""Looks after the socket, and tells the operators when people cannot click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards import wording_operators
from bot.domain.outgoing import Alert
from bot.usecases.tell import tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.usecases.desk import Desk
    from handlers.slack.socket import Socket

# Reconnecting takes a second or two; a minute is trouble.
_PATIENCE_SECONDS = 60.0


class Watchdog:
    """Finds a silent socket, and one that does not come back."""

    def __init__(self, desk: Desk, socket: Socket, monotonic: Callable[[], float]) -> None:
        self._desk = desk
        self._socket = socket
        self._monotonic = monotonic
        self._up_at = monotonic()
        self._alerted = False

    async def look(self) -> None:
        """To be called every second."""
        await self._socket.watch()
        now = self._monotonic()
        if self._socket.state == "ok":
            self._up_at = now
            if self._alerted:
                await tell(self._desk, Alert(text=wording_operators.SOCKET_UP_AGAIN))
                self._alerted = False
        elif now - self._up_at >= _PATIENCE_SECONDS and not self._alerted:
            await tell(self._desk, Alert(text=wording_operators.SOCKET_DOWN))
            self._alerted = True
