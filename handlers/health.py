"""For whoever keeps the bot running: does it live, can it work, what does it count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from aiohttp import web
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

if TYPE_CHECKING:
    from bot.usecases.desk import Desk

#: Without these no escalation can be taken; Slack may be late once it has answered.
_NEEDED = ("database", "schema", "policy")


class Readiness(Protocol):
    """Knows how the things stand that the bot needs."""

    async def check(self) -> dict[str, str]:
        """`database`, `schema`, `policy`: "ok" or what is wrong; `slack`: ok | degraded | waiting.

        "stale: …": the file is wrong, and the policy from before is in force.
        "waiting": Slack has never answered yet.
        Where there can be other replicas, `listener`: whether their commits are heard ("down" costs
        seconds, not answers). `process`: "stopping" once the stop was asked for.
        """
        ...


def add_routes(
    app: web.Application,
    desk: Desk,  # noqa: ARG001 - every door is opened alike
    readiness: Readiness,
    registry: CollectorRegistry = REGISTRY,
) -> None:
    """Open the operators' door; it needs no key and tells nothing of any escalation."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        found = await readiness.check()
        ready = (
            all(_works(found.get(one)) for one in _NEEDED)
            and found.get("slack") != "waiting"
            and "process" not in found
        )
        return web.json_response(
            found,
            status=200 if ready else 503,
            headers={"Cache-Control": "no-store"} | ({} if ready else {"Retry-After": "2"}),
        )

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4}
        )

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)


def _works(standing: str | None) -> bool:
    return standing == "ok" or (standing or "").startswith("stale")
