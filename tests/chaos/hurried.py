"""`python -m bot serve` whose every cron means every four seconds: `python -m tests.chaos.hurried`.

The bot itself knows nothing of this, and looks for slots each second, so that none waits long.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import bot.main
from bot.cli import main as serve
from bot.policy import slots

#: From one slot to the next.
SECONDS = 4


def _next(_cron: str, _timezone: str, after: datetime) -> datetime:
    return datetime.fromtimestamp((after.timestamp() // SECONDS + 1) * SECONDS, UTC)


if __name__ == "__main__":
    slots._next = _next  # type: ignore[assignment]
    bot.main._DIGEST_SECONDS = 1.0
    sys.argv = ["bot", "serve"]
    serve()
