"""The reference, made from the code: `python -m docs.build` writes `docs/reference/`.

A test makes it again and compares, so that the reference never says what the code does not do.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer.main

from bot.cli import app as commands
from bot.policy.book import (
    Agent,
    Category,
    Digest,
    ReviewWay,
    Rotation,
    Rule,
    Schedule,
    Tier,
    WeeklyReport,
)
from bot.policy.book import Route as PolicyRoute
from bot.policy.facts import NAMES
from bot.settings import Settings
from bot.usecases.keys import DEFAULT_SCOPES, SCOPES
from docs import said
from handlers.agents.openapi import describe
from handlers.agents.problems import CODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import BaseModel

HERE = Path(__file__).parent
_MADE = "<!-- Made from the code by `python -m docs.build`; change the code or docs/said.py. -->"


def pages() -> dict[str, str]:
    """Every reference page by its file name."""
    makers = {
        "api.md": _api,
        "settings.md": _settings,
        "policy.md": _policy,
        "commands.md": _commands,
        "errors.md": _errors,
    }
    return {name: "\n".join([_MADE, "", *make()]).rstrip() + "\n" for name, make in makers.items()}


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    columns = list(head)
    yield _row(columns)
    yield _row(["---"] * len(columns))
    for row in rows:
        yield _row(row)
    yield ""


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


# --- settings ------------------------------------------------------------------------------------


def _settings() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield (
        "Every setting is an environment variable, or a line `NAME=value` in a file `.env` "
        "in the folder where the command runs."
    )
    yield "The environment wins over the file."
    yield "A missing or wrong setting stops the start with a sentence that names it."
    yield ""
    rows = []
    for field, what in Settings.model_fields.items():
        name = field.upper()
        rows.append([f"`{name}`", _default(name, what.default), said.SETTINGS[name]])
    yield from _table(["name", "default", ""], rows)


def _default(name: str, value: object) -> str:
    if name in said.DEFAULTS:
        return said.DEFAULTS[name]
    return "–" if value is None or value == () else f"`{value}`"


# --- policy --------------------------------------------------------------------------------------


def _policy() -> Iterator[str]:
    yield "# Policy file"
    yield ""
    yield "YAML in UTF-8, at most 256 KiB, without anchors, aliases and tags."
    yield (
        "A key that does not exist is a mistake, and a key that this release does not act on yet "
        "says so in `policy check` and in the log: nothing is passed over in silence."
    )
    yield "How to write one: [Write a policy](../howto/policy.md)."
    yield ""
    yield "Durations are written `90s`, `30m`, `4h`, `1h30m`, `7d` or `1w`."
    yield ""
    for title, words, model in (
        ("The file", said.POLICY_TOP, None),
        ("A group", said.POLICY_GROUP, None),
        ("A route", said.POLICY_ROUTE, PolicyRoute),
        ("A tier", said.POLICY_TIER, Tier),
        ("A rule", said.POLICY_RULE, Rule),
        ("A digest", said.POLICY_DIGEST, Digest),
        ("The report", said.POLICY_REPORT, WeeklyReport),
        ("A category", said.POLICY_CATEGORY, Category),
        ("A category's `review`", said.POLICY_REVIEW, ReviewWay),
        ("An agent", said.POLICY_AGENT, Agent),
        ("A schedule", said.POLICY_SCHEDULE, Schedule),
        ("A rotation", said.POLICY_ROTATION, Rotation),
    ):
        yield f"## {title}"
        yield ""
        yield from _keys(words, model)
    yield "## What `when` can see"
    yield ""
    yield ", ".join(f"`{name}`" for name in NAMES) + "."
    yield ""
    yield (
        "These are the fields of the request, `agent` (the NAME of the key), and `request`, "
        "which holds the same fields once more so that `has(request.confidence)` can be asked."
    )
    yield 'What the agent left out is empty: `""`, `[]`, `{}`; only numbers stay absent.'
    yield ""


def _keys(words: Mapping[str, str], model: type[BaseModel] | None) -> Iterator[str]:
    rows = []
    for key, sentence in words.items():
        known = model.model_fields.get(key) if model else None
        default = None if known is None or known.is_required() else known.default
        rows.append([f"`{key}`", _written(default), sentence])
    yield from _table(["key", "default", ""], rows)


def _written(value: object) -> str:
    match value:
        case None | ():
            return "–"
        case bool():
            return f"`{str(value).lower()}`"
        case timedelta():
            return f"`{int(value.total_seconds() // 3600)}h`" if value else "`0s`"
        case _:
            return f"`{value}`"


# --- commands ------------------------------------------------------------------------------------


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield (
        "Run them from the project's folder, as `.venv/bin/python -m bot …`; in the container "
        "as `python -m bot …`."
    )
    yield "They read the same [settings](settings.md) as the bot."
    yield "What goes wrong for a reason is said in a sentence on stderr, and the exit code is 2."
    yield ""
    for words, command in walk():
        yield f"## `{usage(words, command)}`"
        yield ""
        yield command.help or ""
        yield ""
        rows = [
            [f"`{_shown(parameter)}`", _parameter_default(parameter), parameter.help or ""]
            for parameter in command.params
        ]
        if rows:
            yield from _table(["", "default", ""], rows)
    yield "## Scopes of a key"
    yield ""
    yield f"Default: {', '.join(f'`{scope}`' for scope in DEFAULT_SCOPES)}."
    others = [scope for scope in SCOPES if scope not in DEFAULT_SCOPES]
    yield f"Others: {', '.join(f'`{scope}`' for scope in others)}."
    yield "`outputs:create` has no effect yet."
    yield ""
    yield "## `make`"
    yield ""
    yield from _table(["target", ""], ([f"`make {name}`", what] for name, what in targets()))


def walk() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that lead to it."""

    def below(group: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from below(command, (*words, name))
            else:
                yield (*words, name), command

    yield from below(typer.main.get_command(commands), ())


def usage(words: tuple[str, ...], command: Any) -> str:
    shown = [_shown(p) if p.required else f"[{_shown(p)}]" for p in command.params]
    return " ".join(["python -m bot", *words, *shown])


def _shown(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return parameter.metavar or str(parameter.name).upper()
    return f"{parameter.opts[0]} …"


def _parameter_default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    return "–" if parameter.default in (None, ()) else f"`{parameter.default}`"


def targets() -> Iterator[tuple[str, str]]:
    """The Makefile's targets with their own words."""
    for line in (HERE.parent / "Makefile").read_text().splitlines():
        rule, _, what = line.partition("## ")
        name = rule.partition(":")[0]
        if what and name.isidentifier():
            yield name, what


# --- errors --------------------------------------------------------------------------------------


def _errors() -> Iterator[str]:
    yield "# Errors"
    yield ""
    yield (
        "Every error of the API is a problem document (RFC 9457) of the type "
        "`application/problem+json`, with `type`, `title`, `status`, `detail` and `code`."
    )
    yield "Match on `code`: it stays, while sentences may change."
    yield "`invalid` also lists `errors`, each with a JSON Pointer (RFC 6901) and a message."
    yield ""
    rows = [
        [f"`{code}`", str(status), title + ".", said.ERRORS[code]]
        for code, (status, title) in CODES.items()
    ]
    rows.append(["`policy`", "–", "The policy file is wrong.", said.ERRORS["policy"]])
    yield from _table(["code", "status", "what happened", "what to do"], rows)
    yield "In Slack a person reads the reason as a sentence, in the form or privately."
    yield ""


# --- the API -------------------------------------------------------------------------------------


def _api() -> Iterator[str]:
    document = describe()
    yield "# HTTP API"
    yield ""
    yield "The running bot has the same at `/docs` for people and at `/openapi.json` for machines."
    yield "How to use it from an agent: [Connect an agent](../howto/agents.md)."
    yield "Every error: [Errors](errors.md)."
    yield ""
    yield "Send the key as `Authorization: Bearer pc_…` and bodies as `application/json`."
    yield "Unknown fields and parameters are refused, so that a typo is never silently dropped."
    yield "Times are RFC 3339 in UTC; durations are written `90s`, `30m`, `4h`, `1h30m` or `7d`."
    yield "No GET decides anything."
    yield ""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield from _operation(method.upper(), path, operation)
    yield "## `POST /slack/events`"
    yield ""
    yield "Slack's own door: clicks and forms, signed by Slack. Agents never use it."
    yield ""
    yield "## Shapes"
    yield ""
    for name, schema in document["components"]["schemas"].items():
        yield from _shape(name, schema)


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"## `{method} {path}`"
    yield ""
    yield f"{operation['summary']}."
    yield operation.get("description", "Needs no key.")
    yield ""
    if parameters := operation.get("parameters"):
        rows = []
        for one in parameters:
            must = ", required" if one.get("required") else ""
            kind = f"{one['in']}, {_type(one['schema'])}{must}"
            rows.append([f"`{one['name']}`", kind, one.get("description", "")])
        yield from _table(["parameter", "", ""], rows)
    if body := operation.get("requestBody"):
        content = body["content"]["application/json"]
        yield f"Body: {_type(content['schema'])}."
        yield ""
        yield "```json"
        yield json.dumps(content["example"], indent=2, ensure_ascii=False)
        yield "```"
        yield ""
    rows = []
    for status, answer in operation["responses"].items():
        kinds = [_type(content["schema"]) for content in answer.get("content", {}).values()]
        rows.append([status, ", ".join(kinds), answer["description"]])
    yield from _table(["answer", "body", ""], rows)


def _shape(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    yield schema.get("description", "")
    yield ""
    if "properties" not in schema:
        return
    required = schema.get("required", [])
    rows = [
        [
            f"`{field}`" + (" (required)" if field in required else ""),
            _type(what),
            what.get("description", ""),
        ]
        for field, what in schema["properties"].items()
    ]
    yield from _table(["field", "type", ""], rows)


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum") or [schema["const"]])
    if schema.get("type") == "array":
        most = f", at most {schema['maxItems']}" if "maxItems" in schema else ""
        return f"list of {_type(schema.get('items', {}))}{most}"
    bounds = [
        f"{sign} {schema[key]}{unit}"
        for key, sign, unit in (
            ("minimum", "≥", ""),
            ("maximum", "≤", ""),
            ("maxLength", "≤", " characters"),
        )
        if key in schema
    ]
    return " ".join([schema.get("format") or schema.get("type", "any value"), *bounds])


def main() -> int:
    """Write every page; say which ones changed."""
    folder = HERE / "reference"
    folder.mkdir(exist_ok=True)
    for name, text in pages().items():
        file = folder / name
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
            sys.stdout.write(f"{file.relative_to(HERE.parent)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
