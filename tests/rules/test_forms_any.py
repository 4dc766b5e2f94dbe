"""Whatever schema and value an agent sends: the form opens, and changes nothing by itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.cards import names
from bot.cards.answers import read_answers
from bot.cards.blocks import modal
from bot.cards.fields import Field, fields_of, fields_of_schema, start_of
from bot.cards.forms import modify_form
from bot.cards.inputs import inputs_of
from bot.cards.pointers import pointer, value_at, without
from bot.cards.states import FormError
from tests.rules.filling import untouched
from tests.rules.judge import judge_view, texts
from tests.rules.making import make_around, make_escalation, make_request, make_tool
from tests.rules.test_cards_limits import NASTY

thorough = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ABSENT = object()

words = st.text(max_size=60) | st.sampled_from(NASTY) | st.sampled_from(["a", "b c", "x\r\ny"])
paragraphs = st.builds(
    lambda piece, times, end: piece * times + end,
    st.sampled_from(["Dear Ada,\n\nthank you.\n\n", "word ", "😀", "x", "line\r\n", "\n", "é. "]),
    st.sampled_from([1, 100, 600, 1300, 2500, 3001, 7500]),
    st.sampled_from(["", " ", "\n", "End."]),
)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | words
nested = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
moments = st.builds(
    lambda at, minutes, z: (
        at.astimezone(timezone(timedelta(minutes=minutes))).isoformat().replace("+00:00", z)
    ),
    st.integers(6 * 10**8, 11 * 10**9).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.sampled_from([0, 60, -330, 14 * 60]),
    st.sampled_from(["Z", "z", "+00:00"]),
)
lists = st.lists(words, max_size=6)
enums = st.lists(words | st.integers(0, 9) | st.booleans() | st.none(), max_size=120)
consts = st.lists(
    st.fixed_dictionaries({"const": words | st.integers(0, 9)}, optional={"title": words}),
    min_size=1,
    max_size=6,
)


def of(schema: dict[str, Any], *values: st.SearchStrategy[Any]) -> Any:
    """A property and its value: of its own kind, or missing, or of any other."""
    described = st.fixed_dictionaries(
        {}, optional={"title": words, "description": words | paragraphs, "default": nested}
    )
    value = st.sampled_from([st.just(ABSENT), nested, *[st.one_of(*values)] * 4]).flatmap(
        lambda chosen: chosen
    )
    return st.tuples(described.map(lambda more: {**more, **schema}), value)


properties = st.one_of(
    of({"type": "string"}, words, paragraphs),
    of({"type": "string", "minLength": 1, "maxLength": 300}, words),
    of({"type": ["string", "null"]}, words),
    of({"type": "number", "minimum": -5, "maximum": 900.5}, numbers),
    of({"type": "integer"}, numbers),
    of({"type": "boolean"}, st.booleans()),
    of({"type": "string", "format": "date"}, st.dates().map(str)),
    of({"type": "string", "format": "date-time"}, moments),
    of({"type": "array", "items": {"type": "string"}}, lists),
    of({"type": "array", "items": {"enum": ["a", "b", "c d"]}}, st.lists(st.sampled_from("abz"))),
    of({"type": "array", "minItems": 1}, st.lists(nested, max_size=3)),
    of({"type": "object", "properties": {"in": {"type": "string"}}}, nested),
    of({"type": "object"}, st.dictionaries(words, nested, max_size=4)),
    of({"const": 5}, st.just(5)),
    of({}, nested),
    enums.flatmap(lambda e: of({"enum": e}, st.sampled_from(e) if e else nested)),
    consts.flatmap(lambda c: of({"oneOf": c}, st.sampled_from([one["const"] for one in c]))),
)


@dataclass
class Case:
    schema: dict[str, Any] | None
    value: dict[str, Any]
    sensitive: list[str]

    @property
    def fields(self) -> list[Field]:
        return fields_of(self.schema, self.value, sensitive=self.sensitive)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    made = draw(st.dictionaries(st.sampled_from("abcdefgh") | words, properties, max_size=8))
    names = list(made)
    value = {name: one for name, (_, one) in made.items() if one is not ABSENT}
    schema = {
        "type": "object",
        "properties": {name: one for name, (one, _) in made.items()},
        "required": draw(st.lists(st.sampled_from(names), max_size=3)) if names else [],
    }
    hidden = draw(st.lists(st.sampled_from(names), max_size=2)) if names else []
    inner = [[name, "in"] for name in hidden[:1]]
    sensitive = [pointer(path) for path in ([name] for name in hidden[1:])]
    return Case(
        draw(st.sampled_from([schema, schema, None])), value, [*sensitive, *map(pointer, inner)]
    )


def view_of(fields: list[Field]) -> dict[str, Any]:
    return modal(
        "A form", inputs_of(fields), callback_id="x", metadata="", close="Close", submit="Send"
    )


@given(cases())
@thorough
def test_slack_takes_every_form(case: Case) -> None:
    """Every limit of Slack is held, and an untouched form is exactly what was sent."""
    view = view_of(case.fields)

    judge_view(view)
    assert read_answers(case.fields, case.value, untouched(view)) is case.value


@given(cases())
@thorough
def test_the_modify_form_holds_slacks_limits_too(case: Case) -> None:
    """With everything around the fields as well."""
    tool = make_tool(
        arguments=case.value, input_schema=case.schema, sensitive=case.sensitive, editable=None
    )
    try:
        request = make_request(tool=tool)
    except ValueError:
        assume(False)

    judge_view(modify_form(make_escalation(request), make_around()))


def answer_to(draw: st.DrawFn, element: dict[str, Any], field: Field) -> dict[str, Any]:
    """Something else than what the input shows, of the right kind."""
    kind = element["type"]
    match field.kind:
        case "number" | "integer":
            return {"type": kind, "value": str(draw(st.integers(-(2**40), 2**40)))}
        case "text":
            text = draw(st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1))
            return {"type": kind, "value": text}
        case "lines":
            return {"type": kind, "value": "\n".join(draw(st.lists(st.sampled_from("xyz"))))}
        case "json":
            return {"type": kind, "value": json.dumps(draw(st.lists(numbers, max_size=3)))}
        case "choice" | "boolean":
            return {"type": kind, "selected_option": draw(st.sampled_from(element["options"]))}
        case "choices":
            some = draw(st.lists(st.sampled_from(element["options"]), unique_by=str))
            return {"type": kind, "selected_options": some}
        case "date":
            day = draw(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
            return {"type": kind, "selected_date": str(day)}
        case "moment":
            return {"type": kind, "selected_date_time": draw(st.integers(10**9, 10**10 - 1))}


@given(cases(), st.data())
@thorough
def test_one_edit_changes_one_value(case: Case, data: st.DataObject) -> None:
    """Everything else is as it was, to the letter."""
    fields = case.fields
    assume(fields)
    place = data.draw(st.integers(0, len(fields) - 1))
    field, view = fields[place], view_of(fields)
    blocks = {block["block_id"]: block for block in view["blocks"]}
    element = blocks[names.field(place)]["element"]
    answer = answer_to(data.draw, element, field)
    values = untouched(view) | {names.field(place): {element["action_id"]: answer}}

    try:
        edited = read_answers(fields, case.value, values)
    except FormError as wrong:
        assert set(wrong.errors) == {names.field(place)}  # noqa: PT017 - that is a fact too
        return

    rest = without(edited, field.path)
    assert {k: id(v) for k, v in rest.items()} == {
        k: id(v) for k, v in without(case.value, field.path).items()
    }
    if field.kind in {"json", "lines", "number", "date"} and edited is not case.value:
        assert value_at(edited, field.path)[0] or not field.required


@given(cases(), cases())
@thorough
def test_an_answer_never_lands_in_another_form(case: Case, other: Case) -> None:
    """A form drawn over another action is refused, or means the same here."""
    theirs = {f"{f.path}": f.meaning for f in other.fields}
    values = untouched(view_of(other.fields))

    try:
        answer = read_answers(case.fields, case.value, values)
    except FormError as wrong:
        assert "out of date" in str(wrong)  # noqa: PT017 - that is a fact too
    else:
        assert answer is case.value
        assert all(f.meaning == theirs.get(f"{f.path}", f.meaning) for f in case.fields)


@given(cases())
@thorough
def test_what_is_hidden_never_shows(case: Case) -> None:
    """A sensitive value is in no input, hint or option, wherever it lies."""
    secret = "s3cr3t-wh1sper"
    case.value["secret"] = {"in": secret, "list": [secret]}
    case.value["open"] = secret
    if case.schema is not None:
        case.schema["properties"] |= {"secret": {"type": "object"}, "open": {"type": "string"}}
    case.sensitive += ["/secret/in", "/secret/list/0", "/open"]

    view = view_of(case.fields)

    assert "Open" in {field.label for field in case.fields} or len(case.fields) == 40
    assert secret not in json.dumps(view)
    judge_view(view)


@given(cases().filter(lambda case: case.schema is not None))
@thorough
def test_an_empty_form_for_any_schema(case: Case) -> None:
    """A schema alone makes a form that opens; untouched it answers nothing."""
    assert case.schema is not None
    fields, start = fields_of_schema(case.schema), start_of(case.schema)

    view = view_of(fields)

    if fields:
        judge_view(view)
    assert read_answers(fields, start, untouched(view)) is start


@pytest.mark.parametrize("count", [40, 41, 60])
def test_more_than_forty(count: int) -> None:
    """What found no room is counted."""
    tool = make_tool(
        arguments={f"k{i}": "v" for i in range(count)}, input_schema=None, editable=None
    )
    view = modify_form(make_escalation(make_request(tool=tool)), make_around())

    said = [text for text in texts(view) if "no room for more" in text]

    judge_view(view)
    assert len(said) == (count > 40)
    assert all(str(count - 40) in text for text in said)


def test_a_form_of_long_texts_and_long_lists_stays_small() -> None:
    """250 KB a view and 100 blocks are never passed, whatever is in them."""
    schema = {
        "properties": {
            **{f"t{i}": {"type": "string", "description": "é" * 3000} for i in range(20)},
            **{f"e{i}": {"enum": [f"{'é' * 70}{n}" for n in range(100)]} for i in range(20)},
        }
    }
    value = {f"t{i}": "é " * 7000 for i in range(20)}
    tool = make_tool(arguments=value, input_schema=schema, editable=None, sensitive=[])
    view = modify_form(make_escalation(make_request(tool=tool)), make_around())

    judge_view(view)
    assert any("no room for more" in text for text in texts(view))
