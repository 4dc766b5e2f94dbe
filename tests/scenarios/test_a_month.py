"""A month of three agents: one becomes rude, people see it, and a person says that it is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.usecases.export_reviews import reviews_since
from tests.month import a_month
from tests.scenarios.test_breaker import writes
from tests.scenarios.test_reports import pictures_below, reports_in
from tests.scenarios.test_review_findings import form_of, presses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.month import Month
    from tests.world import Shown, Way

# Half a minute, and nothing that other stories do not tell on both databases.
pytestmark = pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)


@pytest.fixture
async def month(database_url: str, way: Way, tmp_path: Path) -> AsyncIterator[Month]:
    async with a_month(database_url, way, tmp_path) as made:
        yield made


async def test_a_month(month: Month) -> None:
    """What went wrong is in the report of its week; what was mended is seen on the same cases, and
    in the report after it.
    """
    world, began = month.world, month.world.clock.now
    first, second = await month.week(0), await month.week(1)
    assert "too few were reviewed in the four weeks before" in sentences(first)
    assert "no evidence yet" in sentences(second)

    third = await month.week(2, curt=0.7)
    assert "up from" in sentences(third)
    assert "Tone" in third.text
    assert "nobody owns it" in third.text
    await writes(world, "bob", "findings mail")
    await presses(world, "bob", "Own…")
    await world.submit("bob", owner="U04DAVE")
    assert "👤 Dave" in await form_of(world, "bob")
    await writes(world, "dave", "findings mine")
    await presses(world, "dave", "Fixed…")
    await world.submit("dave", note="The prompt asks for a friendly tone again.")
    errors = await month.tries_again(began)

    fourth = await month.week(3)
    assert "down from" in sentences(fourth)
    assert "Dave" in fourth.text
    await writes(world, "bob", "findings mail")
    await presses(world, "bob", "Verify…")
    evidence = await form_of(world, "bob")
    await world.submit("bob", outcome="verified", note="None of them is rude any more.")

    assert errors > 10
    assert f"Re-evaluated {errors} of {errors}: {errors} right now" in evidence
    assert "no evidence yet" not in evidence
    assert "✅ Verified by Bob" in await form_of(world, "bob")
    lines = [one async for one in reviews_since(world.desk.ledger, began)]
    assert len(lines) == month.reviewed
    assert {one["reviewer"]["id"] for one in lines} == {
        "U01ALICE", "U02BOB", "U03CAROL", "U04DAVE"
    }  # fmt: skip
    found = {one["case"] for one in lines if one["verdict"] == "incorrect"}
    assert len(found) < len(month.wrong)
    assert len(reports_in(world, "C03MONEY")) == 4
    assert all(pictures_below(world, one) for one in (first, second, third, fourth))


def sentences(report: Shown) -> str:
    """The first three, that everybody reads."""
    return report.text.split("\n")[1]
