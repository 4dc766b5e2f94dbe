"""The description as a page for people: no script, nothing from elsewhere, fits a phone."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from handlers.agents.problems import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 2.5rem; border-top: 1px solid #8886; padding-top: 1rem; }
code, pre { font: 0.88em/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: 0.75rem; background: #8881; border-radius: 6px; }
pre code { overflow-wrap: normal; }
dt { margin-top: 0.6rem; } dd { margin: 0 0 0 1rem; }
.method { font-weight: 700; } .quiet { opacity: 0.75; }
nav ul { padding-left: 1rem; }
"""


def page(document: dict[str, Any]) -> str:
    """The whole page, made from the OpenAPI document."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(document['info']['title'])} API</title>"
        f"<style>{_STYLE}</style></head><body>{''.join(_body(document))}</body></html>"
    )


def _body(document: dict[str, Any]) -> Iterator[str]:
    info = document["info"]
    operations = [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    yield f"<h1>{escape(info['title'])} API</h1><p>{_prose(info['description'])}</p>"
    yield '<p>For machines: <a href="/openapi.json">/openapi.json</a>.</p><nav><ul>'
    for method, path, operation in operations:
        yield (
            f'<li><a href="#{operation["operationId"]}"><code>{method} {escape(path)}</code></a> '
            f"{escape(operation['summary'])}</li>"
        )
    yield '<li><a href="#errors">Errors</a></li><li><a href="#shapes">Shapes</a></li></ul></nav>'
    for method, path, operation in operations:
        yield from _operation(method, path, operation)
    yield '<h2 id="errors">Errors</h2><p>Every error is a problem document (RFC 9457).</p><dl>'
    for code, (status, title) in CODES.items():
        yield f'<dt id="{code}"><code>{status} {code}</code></dt><dd>{escape(title)}.</dd>'
    yield '</dl><h2 id="shapes">Shapes</h2>'
    for name, schema in document["components"]["schemas"].items():
        yield from _shape(name, schema)


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield (
        f'<h2 id="{operation["operationId"]}"><code><span class="method">{method}</span> '
        f"{escape(path)}</code></h2><p>{escape(operation['summary'])}. "
        f"{_prose(operation.get('description', 'Needs no key.'))}</p>"
    )
    if parameters := operation.get("parameters"):
        yield "<h3>Parameters</h3><dl>"
        for one in parameters:
            must = ", required" if one.get("required") else ""
            yield (
                f"<dt><code>{escape(one['name'])}</code> "
                f'<span class="quiet">{one["in"]}, {_type(one["schema"])}{must}</span></dt>'
                f"<dd>{_prose(one.get('description', ''))}</dd>"
            )
        yield "</dl>"
    if body := operation.get("requestBody"):
        content = body["content"]["application/json"]
        example = json.dumps(content["example"], indent=2, ensure_ascii=False)
        yield f"<h3>Body: {_type(content['schema'])}</h3><pre><code>{escape(example)}</code></pre>"
    yield "<h3>Answers</h3><dl>"
    for status, answer in operation["responses"].items():
        kinds = [_type(c["schema"]) for c in answer.get("content", {}).values()]
        yield (
            f'<dt><code>{status}</code> <span class="quiet">{", ".join(kinds)}</span></dt>'
            f"<dd>{_prose(answer['description'])}</dd>"
        )
    yield "</dl>"


def _shape(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f'<h3 id="shape-{name}">{escape(name)}</h3><p>{_prose(schema.get("description", ""))}</p>'
    required = schema.get("required", [])
    if "properties" not in schema:
        return
    yield "<dl>"
    for field, what in schema["properties"].items():
        must = ", required" if field in required else ""
        yield (
            f'<dt><code>{escape(field)}</code> <span class="quiet">{_type(what)}{must}</span></dt>'
            f"<dd>{_prose(what.get('description', ''))}</dd>"
        )
    yield "</dl>"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#shape-{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        values = schema.get("enum") or [schema["const"]]
        return " | ".join(f"<code>{escape(str(value))}</code>" for value in values)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    bounds = [
        f"{sign} {schema[key]}{unit}"
        for key, sign, unit in (
            ("minimum", "≥", ""),
            ("maximum", "≤", ""),
            ("maxLength", "≤", " characters"),
        )
        if key in schema
    ]
    kind = schema.get("format") or schema.get("type", "any value")
    return escape(" ".join([kind, *bounds]))


def _prose(text: str) -> str:
    """Escaped, with `code` between backticks."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))
