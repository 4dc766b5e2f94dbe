"""The policy file is followed to the end, also when the database fails in the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import UnavailableError
from bot.workers.policy_file import PolicyFile
from tests.rooms.test_agents_door import open_door
from tests.world import POLICY

if TYPE_CHECKING:
    from pathlib import Path


async def test_what_follows_a_new_policy_is_not_lost_with_the_database(tmp_path: Path) -> None:
    """The next look goes on where the one before it stopped: new people are asked for after all."""
    path = tmp_path / "policy.yml"
    path.write_text(POLICY)
    outages, reached = [UnavailableError("gone")], []

    async with open_door(tmp_path) as door:

        async def then() -> None:
            if outages:
                raise outages.pop()
            reached.append(door.desk.book.version)

        policy = PolicyFile(path, door.desk, then)
        for _ in range(5):
            try:
                await policy.look()
            except UnavailableError:
                continue

        assert outages == []
        assert reached == [door.desk.book.version]
