"""The people's door: what reviewers click, choose and type in Slack."""

from handlers.slack.door import add_route, make_bolt
from handlers.slack.socket import Socket
from handlers.slack.watchdog import Watchdog

__all__ = ["Socket", "Watchdog", "add_route", "make_bolt"]
