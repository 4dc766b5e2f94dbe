"""The running house as its operators see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.settings import Settings
from bot.start import TimeOrderedIds, derived, same_secrets
from bot.usecases.compare import compare

if TYPE_CHECKING:
    from tests.world import World


async def get(world: World, path: str) -> tuple[int, str]:
    async with world.http.get(world.url + path) as answer:
        return answer.status, await answer.text()


async def test_ready_once_slack_has_answered(world: World) -> None:
    """/healthz is the process, /readyz is everything it needs."""
    assert await get(world, "/healthz") == (200, '{"status": "ok"}')
    status, text = await get(world, "/readyz")

    assert status == 200
    assert '"slack": "ok"' in text


async def test_later_trouble_with_slack_is_degraded(world: World) -> None:
    """Decisions through the API go on without Slack, so the bot stays ready."""
    await world.control("faults", method="auth.test", error="invalid_auth", times=99)
    await world.house.ask_slack()

    status, text = await get(world, "/readyz")

    assert status == 200
    assert '"slack": "degraded"' in text
    assert "pullcord_slack_up 0.0" in (await get(world, "/metrics"))[1]


async def test_the_numbers_are_at_metrics(world: World) -> None:
    """What waits, since when, and how the sending went."""
    asked = await (await world.agent()).asks()
    await world.card_of(asked)
    world.clock.forward(minutes=1)
    await world.house.measure()

    async def counted() -> bool:
        return 'kind="card",outcome="sent"' in (await get(world, "/metrics"))[1]

    await world.until_true(counted)
    _, text = await get(world, "/metrics")

    assert 'pullcord_open{route="default",urgency="normal"} 1.0' in text
    assert "pullcord_oldest_open_seconds 60.0" in text
    assert 'pullcord_sent_total{kind="card",outcome="sent"}' in text


async def test_a_database_that_is_gone_is_not_ready(world: World) -> None:
    """The load balancer sends nobody here, and an agent gets 503 with Retry-After."""
    agent = await world.agent()
    await world.desk.ledger.close()

    status, text = await get(world, "/readyz")
    answer = await agent.posts(action="a", reason="b", impact="c")

    assert status == 503
    assert '"database": "ok"' not in text
    assert answer.status == 503
    assert answer.json["code"] == "unavailable"
    assert answer.headers["Retry-After"]


async def test_replicas_that_differ_are_told_of(world: World) -> None:
    """Two secrets in force for minutes: one alert, and a figure until they are the same again."""

    async def both(other: str) -> None:
        await compare(world.desk, {"PULLCORD_SECRET": other, "policy": world.desk.book.version})
        await world.house.compare()

    await both("another")
    world.clock.forward(seconds=20)
    await both("another")
    assert "pullcord_replicas_differ 0.0" in (await get(world, "/metrics"))[1]
    for _ in range(8):
        world.clock.forward(seconds=20)
        await both("another")

    assert "pullcord_replicas_differ 1.0" in (await get(world, "/metrics"))[1]
    await world.until(lambda: bool(_differing(world)))
    world.clock.forward(seconds=40)
    await world.house.compare()
    assert "pullcord_replicas_differ 0.0" in (await get(world, "/metrics"))[1]
    (told,) = _differing(world)
    assert "2 different values of PULLCORD_SECRET" in told


def _differing(world: World) -> list[str]:
    channel = world.slack.channels["C09ADMIN"]
    return [m.text for m in channel.messages.values() if "different values" in m.text]


def test_the_mark_of_secrets_tells_them_apart() -> None:
    """The same for the same secrets, another for others, and nothing of them in it."""

    def mark(*secrets: str) -> str:
        return same_secrets(Settings(_env_file=None, pullcord_secret=",".join(secrets)))

    one, two = "the first secret of all", "the second secret of all"

    assert mark(one) == mark(one)
    assert len({mark(one), mark(two), mark(one, two), mark(two, one)}) == 4
    assert "first" not in mark(one)


def test_ids_sort_by_time() -> None:
    """A thousand ids in a row are in order, and none comes twice."""
    ids = TimeOrderedIds()
    made = [ids.new("esc") for _ in range(1000)]

    assert made == sorted(set(made))
    assert all(len(one) == len("esc_") + 26 for one in made)


def test_purposes_have_keys_of_their_own() -> None:
    """Neither two purposes nor two secrets share a key."""
    assert derived("secret", "a") != derived("secret", "b")
    assert derived("secret", "a") != derived("other", "a")


@pytest.mark.parametrize("path", ["/", "/v1", "/nothing"])
async def test_unknown_addresses_are_problems(world: World, path: str) -> None:
    """Even a wrong address is answered in the API's one shape."""
    status, text = await get(world, path)

    assert status == 404
    assert '"code": "not_found"' in text.replace('":"', '": "')
