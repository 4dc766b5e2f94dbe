"""The API's description (OpenAPI 3.1), made from the table of routes and the models."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from handlers.agents import shapes
from handlers.agents.problems import CODES
from handlers.agents.routes import ROUTES, Route

_EVERYWHERE = ("unauthorized", "forbidden", "internal", "unavailable")
_WITH_BODY = ("malformed_json", "too_large", "unsupported_media_type", "invalid")
_ETAG = {"ETag": {"description": "the version, quoted", "schema": {"type": "string"}}}
#: What can be done next with the escalation in an answer, by the operation's name.
_NEXT = (
    "readEscalation", "cancelEscalation", "redeemEscalation", "reportOutcome", "answerPeople",
    "decideEscalation",
)  # fmt: skip
_LINKS = {name: {"operationId": name, "parameters": {"id": "$response.body#/id"}} for name in _NEXT}
_INTRODUCTION = (
    "An agent asks, people in Slack decide, the agent goes on. Send the agent's key as "
    "`Authorization: Bearer pc_…`. Ask with POST, wait with GET and `?wait=55`, take the approval "
    "with `redeem`, run exactly `effective`, and report the `outcome`. Each escalation gets at "
    "most one decision. Unknown fields and parameters are refused, so that a typo is never "
    "silently dropped."
)


def _text(**bounds: Any) -> dict[str, Any]:
    return {"type": "string"} | bounds


PARAMETERS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "in": "header",
        "required": True,
        "description": "the same for every try of one question",
        "schema": _text(minLength=1, maxLength=255),
    },
    "traceparent": {
        "in": "header",
        "description": "W3C Trace Context: handed on to callbacks, the journal and the log",
        "schema": _text(),
    },
    "status": {"in": "query", "schema": _text(enum=["open", "decided", "expired", "cancelled"])},
    "category": {"in": "query", "schema": _text(minLength=1, maxLength=64)},
    "group_key": {"in": "query", "schema": _text(minLength=1, maxLength=256)},
    "after": {"in": "query", "description": "`next` of the page before", "schema": _text()},
    "limit": {
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    },
    "wait": {
        "in": "query",
        "description": "seconds to wait for an answer; more than 55 counts as 55",
        "schema": {"type": "number", "minimum": 0},
    },
    "Prefer": {
        "in": "header",
        "description": "`wait=SECONDS`, where `?wait=` is not given; echoed in Preference-Applied",
        "schema": _text(),
    },
    "If-None-Match": {
        "in": "header",
        "description": "the ETag that is known: with a wait, any change answers",
        "schema": _text(),
    },
    "name": {
        "in": "path",
        "required": True,
        "schema": _text(minLength=1, maxLength=64),
        "description": "of a category",
    },
    "id": {"in": "path", "required": True, "schema": _text(), "description": "`esc_…`"},
}


def describe() -> dict[str, Any]:
    """The whole document."""
    models: list[type[BaseModel]] = [shapes.Problem, shapes.Health]
    for route in ROUTES:
        models += [route.body] if route.body else []
        models += [shape for _, shape in route.answers.values() if shape]
    _, schemas = models_json_schema(
        [(model, "validation") for model in dict.fromkeys(models)],
        ref_template="#/components/schemas/{model}",
    )
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pullcord",
            "version": "1",
            "summary": "Escalations from AI agents to people in Slack",
            "description": _INTRODUCTION,
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths | _BESIDES,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "pc_…",
                    "description": "made by `python -m bot keys create NAME`",
                }
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    named = (*route.parameters, *(["id"] if "{id}" in route.path else []))
    codes = [*_EVERYWHERE, *route.codes]
    codes += ["not_found"] if "{id}" in route.path else []
    codes += _WITH_BODY if route.body else []
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "description": f"Needs a key with the scope {' or '.join(route.scopes)}.",
        "parameters": [{"name": name} | PARAMETERS[name] for name in named],
        "responses": {str(status): _answer(*what) for status, what in sorted(route.answers.items())}
        | _errors(codes),
    }
    if route.body is not None:
        operation["requestBody"] = {
            "required": route.body_required,
            "content": {"application/json": {"schema": _ref(route.body), "example": route.example}},
        }
    return operation


def _answer(description: str, shape: type[BaseModel] | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": description}
    if shape is not shapes.EscalationPage:
        answer["headers"] = _ETAG
    if shape is shapes.Escalation:
        answer["links"] = _LINKS
    if shape is not None:
        answer["content"] = {"application/json": {"schema": _ref(shape)}}
    return answer


def _errors(codes: list[str]) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(CODES[code][0], []).append(code)
    return {
        str(status): {
            "description": " · ".join(f"`{code}`: {CODES[code][1]}" for code in group),
            "content": {"application/problem+json": {"schema": _ref(shapes.Problem)}},
        }
        for status, group in sorted(by_status.items())
    }


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _open(name: str, summary: str, media: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "security": [],
            "responses": {"200": {"description": "OK", "content": {media: {"schema": schema}}}},
        }
    }


_CHECKS: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "string"}}
#: What other doors and this page itself answer; a test holds them to the server's own table.
_BESIDES: dict[str, Any] = {
    "/healthz": _open(
        "healthz", "Whether the process answers", "application/json", _ref(shapes.Health)
    ),
    "/readyz": _open("readyz", "Whether everything it needs does", "application/json", _CHECKS),
    "/metrics": _open("metrics", "Figures for Prometheus", "text/plain", _text()),
    "/openapi.json": _open("openapi", "This description", "application/json", {"type": "object"}),
    "/docs": _open("docs", "The same for people", "text/html", _text()),
}
_BESIDES["/readyz"]["get"]["responses"]["503"] = {
    "description": "Something that it needs does not answer",
    "content": {"application/json": {"schema": _CHECKS}},
}
