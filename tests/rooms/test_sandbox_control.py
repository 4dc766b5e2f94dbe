"""Whoever arranges the sandbox is told of each mistake, and a mistake changes nothing."""

from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any

import pytest

from sandbox.testing import Stage, stage

MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    ("users", {"id": "U02BOB", "real_name": None}, "wrong_kind"),
    ("users", {"id": "U02BOB", "deleted": "yes"}, "wrong_kind"),
    ("users", {"id": "U02BOB", "snooze_endtime": True}, "wrong_kind"),
    ("users", {"id": "U02BOB", "tz": "Mars/Olympus"}, "unknown_name"),
    ("users", {"id": "U02BOB", "updated": 1}, "unknown_field"),
    ("users", {"id": "U02BOB", "channels": "C01REV"}, "wrong_kind"),
    ("channels", {"id": "C01REV", "members": [1]}, "wrong_kind"),
    ("channels", {"id": "C01REV", "is_archived": 1}, "wrong_kind"),
    ("usergroups", {"id": "S01LEADS", "users": None}, "wrong_kind"),
    ("usergroups", {"id": "S01LEADS", "disabled": 5}, "wrong_kind"),
    ("settings", {"scopes": ["a"], "events": ["lunch"]}, "unknown_name"),
    ("settings", {"scopes": [1]}, "wrong_kind"),
    ("settings", {"retry_waits": ["soon"]}, "wrong_kind"),
    ("settings", {"pacing": "on"}, "wrong_kind"),
    ("settings", {"events_url": 1}, "wrong_kind"),
    ("settings", {"scopes": ["a"], "token_state": "lost"}, "unknown_name"),
]


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as running:
        yield running


@pytest.mark.parametrize(("path", "fields", "error"), MISTAKES)
async def test_a_mistake_changes_nothing(
    slack: Stage, path: str, fields: dict[str, Any], error: str
) -> None:
    """It is a 400 with a word for what is wrong; the rest of the request is not done either."""
    space = slack.workspace
    before = deepcopy((space.people, space.channels, space.usergroups, space.installation))

    status, answer = await slack.act(path, **fields)

    assert (status, answer["error"]) == (400, error)
    assert before == (space.people, space.channels, space.usergroups, space.installation)
    assert slack.app.heard == []
