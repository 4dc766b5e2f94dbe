"""The description says what the server does, and the operators' door tells how it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from prometheus_client import CollectorRegistry, Counter

from bot.domain.errors import PullcordError
from handlers import agents, health
from handlers.agents.bodies import DecisionBody, OutcomeBody, RedeemBody
from handlers.agents.examples import DECISION, OUTCOME, REDEEM, REQUEST
from handlers.agents.openapi import describe
from handlers.agents.problems import CODES
from tests.rooms.test_agents_door import Door, open_door

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as made:
        yield made


@dataclass
class Said:
    """A readiness that says what it is told to."""

    found: dict[str, str]

    async def check(self) -> dict[str, str]:
        return self.found


def errors_of(document: dict[str, Any], shape: str, value: Any) -> list[str]:
    """What the published schema has against a value."""
    schema = {"$ref": f"#/components/schemas/{shape}", "components": document["components"]}
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


async def test_the_description_is_openapi(door: Door) -> None:
    """The served document is a valid OpenAPI 3.1 document."""
    answer = await door.send("GET", "/openapi.json")

    validate(answer.json)
    assert answer.json["openapi"].startswith("3.1")


async def test_every_route_is_described_and_no_other(door: Door) -> None:
    """What the server answers and what the description lists is the same set."""
    app = web.Application()
    agents.add_routes(app, door.desk)
    health.add_routes(app, door.desk, Said({}))
    served = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }

    described = {
        (method.upper(), path)
        for path, methods in describe()["paths"].items()
        for method in methods
    }

    assert described == served


def test_every_example_is_taken_as_it_stands() -> None:
    """Whoever copies an example from the description gets no 422."""
    document = describe()
    examples = [("Request", REQUEST), ("RedeemBody", REDEEM), ("OutcomeBody", OUTCOME),
                ("DecisionBody", DECISION)]  # fmt: skip

    for model, example in ((RedeemBody, REDEEM), (OutcomeBody, OUTCOME), (DecisionBody, DECISION)):
        model.model_validate(example)

    assert [errors_of(document, shape, example) for shape, example in examples] == [[]] * 4


async def test_answers_have_the_described_shape(door: Door) -> None:
    """A decided, redeemed and reported escalation fits its schema; so do a page and a problem."""
    agent, watchdog, document = await door.agent(), await door.watchdog(), describe()
    path = await agent.asks()
    await watchdog.send("POST", f"{path}/decision", {"type": "approve"})
    handout = await agent.send("POST", f"{path}/redeem", REDEEM)
    reported = await agent.send("POST", f"{path}/outcome", OUTCOME)
    page = await agent.sees("/v1/escalations")
    problem = await agent.posts({})

    assert errors_of(document, "Escalation", reported.json) == []
    assert errors_of(document, "Handout", handout.json) == []
    assert errors_of(document, "EscalationPage", page) == []
    assert errors_of(document, "Problem", problem.json) == []
    schema = document["components"]["schemas"]["Escalation"]
    assert reported.json.keys() == schema["properties"].keys()


def codes_below(kind: type[PullcordError]) -> Iterator[str]:
    for child in kind.__subclasses__():
        if child.__module__ in {"bot.domain.errors", "bot.domain.intake"}:
            yield child.code
        yield from codes_below(child)


def test_every_refusal_has_a_status_and_is_described() -> None:
    """No error of a verb can reach an agent without a status and a line in the description."""
    described = set(re.findall(r"`([a-z_]+)`: ", str(describe()["paths"])))

    assert set(codes_below(PullcordError)) <= CODES.keys()
    assert described | {"bad_request", "method_not_allowed"} == CODES.keys()


class Page(HTMLParser):
    """Collects what a page links to and where its links can land."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]


async def test_the_page_for_people_stands_alone(door: Door) -> None:
    """No script, nothing from elsewhere, every link lands, and it fits a phone."""
    answer = await door.send("GET", "/docs")

    page = Page(answer.body.decode())
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src")
    assert "script" not in page.tags
    assert len(page.ids) == len(set(page.ids))
    assert {link for link in page.links if link != "/openapi.json"} <= {f"#{i}" for i in page.ids}
    assert CODES.keys() <= set(page.ids)
    assert b"width=device-width" in answer.body


@pytest.fixture
async def operators(door: Door) -> AsyncIterator[tuple[aiohttp.ClientSession, Said]]:
    said, registry = Said({}), CollectorRegistry()
    Counter("cords_pulled", "How often", registry=registry).inc()
    app = web.Application()
    health.add_routes(app, door.desk, said, registry)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession(base) as http:
        yield http, said
    await runner.cleanup()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"slack": "degraded"}, 200),
        ({"slack": "waiting"}, 503),
        ({"database": "does not answer"}, 503),
        ({"schema": "older"}, 503),
        ({"policy": "never loaded"}, 503),
    ],
)
async def test_ready_means_that_an_escalation_would_be_taken(
    operators: tuple[aiohttp.ClientSession, Said], change: dict[str, str], status: int
) -> None:
    """Slack may be in trouble later, but must have answered once; the rest must be well."""
    http, said = operators
    said.found = {"database": "ok", "schema": "ok", "policy": "ok", "slack": "ok"} | change

    async with http.get("/readyz") as answer:
        assert answer.status == status
        assert await answer.json() == said.found


async def test_the_process_answers_and_counts(
    operators: tuple[aiohttp.ClientSession, Said],
) -> None:
    """Liveness asks nothing of anybody; the figures are Prometheus text."""
    http, _ = operators

    async with http.get("/healthz") as alive, http.get("/metrics") as figures:
        assert await alive.json() == {"status": "ok"}
        assert figures.content_type == "text/plain"
        assert "cords_pulled_total 1.0" in await figures.text()
