"""The people's door: what reviewers click, choose and type in Slack."""

from handlers.slack.door import add_route, make_bolt

__all__ = ["add_route", "make_bolt"]
