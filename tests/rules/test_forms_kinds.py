"""Each kind of value and its input: what it shows, what comes back, what is said when wrong."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cards import wording_forms
from bot.cards.answers import errors_at, read_answers
from bot.cards.blocks import modal
from bot.cards.fields import fields_of, fields_of_schema, start_of
from bot.cards.inputs import inputs_of
from bot.cards.states import FormError
from bot.domain.errors import Fault
from bot.domain.schemas import violations
from tests.rules.filling import filled, inputs, untouched
from tests.rules.judge import judge_view

Json = dict[str, Any]


class Form:
    """A form over a value, as a person meets it."""

    def __init__(
        self, value: Json, properties: Json | None = None, sensitive: tuple[str, ...] = (),
        required: tuple[str, ...] = (), editable: list[str] | None = None,
    ) -> None:  # fmt: skip
        schema = None
        if properties is not None:
            schema = {"properties": properties, "required": list(required)}
        self.value = value
        self.fields = fields_of(schema, value, sensitive=sensitive, editable=editable)
        self.view = modal(
            "T", inputs_of(self.fields), callback_id="x", metadata="", close="x", submit="y"
        )
        judge_view(self.view)

    def block(self, label: str) -> Any:
        return inputs(self.view)[label]

    def element(self, label: str) -> Any:
        return self.block(label)["element"]

    def hint(self, label: str) -> str:
        return str(self.block(label).get("hint", {}).get("text", ""))

    def read(self, **by_label: Any) -> Any:
        return read_answers(self.fields, self.value, filled(self.view, by_label))

    def wrong(self, **by_label: Any) -> str:
        with pytest.raises(FormError) as error:
            self.read(**by_label)
        (sentence,) = error.value.errors.values()
        assert len(sentence) <= 300
        return sentence


DAY = {"day": {"type": "string", "format": "date"}}
AT = {"at": {"type": "string", "format": "date-time"}}
TAGS = {"tags": {"type": "array", "items": {"type": "string"}}}
ANY = {"data": {"type": "object"}}


def test_a_day_is_picked() -> None:
    """The picker starts at the proposed day, and answers with one."""
    form = Form({"day": "2026-03-02"}, DAY)

    assert form.element("Day") == {
        "type": "datepicker", "action_id": form.element("Day")["action_id"],
        "initial_date": "2026-03-02",
    }  # fmt: skip
    assert form.read(Day="2026-04-01") == {"day": "2026-04-01"}
    assert form.read(Day=None) == {}
    assert form.wrong(Day="2026-02-30") == "Please choose a date."
    assert Form({}, DAY).read(Day="2026-04-01") == {"day": "2026-04-01"}


@pytest.mark.parametrize("day", ["2026-02-30", "soon", "0001-01-01", "02.03.2026"])
def test_what_is_no_day_is_text(day: str) -> None:
    """The reviewer must be able to mend what the agent got wrong."""
    form = Form({"day": day}, DAY)

    assert form.element("Day")["initial_value"] == day
    assert form.read(Day="2026-03-02") == {"day": "2026-03-02"}


@pytest.mark.parametrize(
    ("sent", "shown", "chosen", "answer"),
    [
        ("2026-03-02T14:30:00Z", 1772461800, 1772465400, "2026-03-02T15:30:00Z"),
        ("2026-03-02t14:30:00z", 1772461800, 1772465400, "2026-03-02T15:30:00Z"),
        ("2026-03-02T14:30:00+05:30", 1772442000, 1772445600, "2026-03-02T15:30:00+05:30"),
        ("2026-03-02T14:30:00+00:00", 1772461800, 1772465400, "2026-03-02T15:30:00+00:00"),
    ],
)
def test_a_moment_keeps_its_offset(sent: str, shown: int, chosen: int, answer: str) -> None:
    """Slack shows the reader's own zone; the tool gets its own back."""
    form = Form({"at": sent}, AT)

    assert form.element("At")["initial_date_time"] == shown
    assert form.hint("At") == f"Shown in your own time zone; proposed was {sent}."
    assert form.read(At=chosen) == {"at": answer}


def test_a_moment_between_minutes_is_not_touched() -> None:
    """Slack's picker knows no seconds; whoever changes nothing, changes nothing."""
    form = Form({"at": "2026-03-02T14:30:59.250+01:00"}, AT)

    shown = form.element("At")["initial_date_time"]

    assert form.read(At=shown - shown % 60) is form.value
    assert form.read(At=None) == {}
    for odd in (5, 10**11, -1):
        assert form.wrong(At=odd) == "Please choose a date."
    assert form.read(At=True) == {}


def test_a_moment_that_was_not_there() -> None:
    """It is answered in UTC."""
    form = Form({}, AT)

    assert form.hint("At") == "Shown in your own time zone."
    assert form.read(At=1772461800) == {"at": "2026-03-02T14:30:00Z"}


@pytest.mark.parametrize(
    "sent",
    ["2026-03-02T14:30:00", "2026-03-02", "1990-01-01T00:00:00Z", "2026-13-02T14:30:00Z", "now"],
)
def test_a_moment_that_no_picker_holds_is_text(sent: str) -> None:
    """Without an offset nobody knows when it is."""
    assert Form({"at": sent}, AT).element("At")["initial_value"] == sent


def test_a_list_of_texts_is_one_a_line() -> None:
    """Lines in, lines out; blank ones are nothing."""
    form = Form({"tags": ["red", "deep blue"]}, TAGS)

    assert form.element("Tags")["initial_value"] == "red\ndeep blue"
    assert form.hint("Tags") == "One per line."
    assert form.read(Tags="red\r\n\r\n  deep blue ") is form.value
    assert form.read(Tags="red\n\n green \n") == {"tags": ["red", "green"]}
    assert form.read(Tags=None) == {"tags": []}
    assert "characters" in form.wrong(Tags="x" * 3001)
    assert Form({"tags": []}, TAGS).read() == {"tags": []}
    assert Form({"tags": []}, TAGS).read(Tags="one") == {"tags": ["one"]}
    assert Form({"tags": ["a"]}).read(Tags="b\nc") == {"tags": ["b", "c"]}


@pytest.mark.parametrize("tags", [[""], [" a"], ["a\nb"], ["a", 1], "a", ["\u200b"]])
def test_lines_that_would_be_lost_are_json(tags: Any) -> None:
    """An empty or a broken line would not come back."""
    form = Form({"tags": tags}, TAGS)

    assert form.hint("Tags").startswith("Written as JSON")
    assert form.read() is form.value


def test_some_of_a_list() -> None:
    """What stays keeps its order; what is added follows in the schema's."""
    items = {"oneOf": [{"const": "r", "title": "Red"}, {"const": "g"}, {"const": "b"}]}
    form = Form({"tags": ["b", "r"]}, {"tags": {"type": "array", "items": items}})

    element = form.element("Tags")

    assert [one["text"]["text"] for one in element["options"]] == ["Red", "g", "b"]
    assert [one["text"]["text"] for one in element["initial_options"]] == ["b", "Red"]
    assert form.read(Tags=["Red", "b"]) is form.value
    assert form.read(Tags=["Red", "g", "b"]) == {"tags": ["b", "r", "g"]}
    assert form.read(Tags=[]) == {"tags": []}
    other = Form({"tags": ["x"]}, {"tags": {"type": "array", "items": items}})
    assert other.element("Tags")["initial_value"] == '[\n  "x"\n]'
    assert Form({"tags": []}, {"tags": {"type": "array", "items": items}}).read() == {"tags": []}


def test_at_least_one_has_to_be_chosen() -> None:
    """Slack says so at once."""
    some = {"tags": {"type": "array", "minItems": 1, "items": {"enum": ["a", "b"]}}}

    assert not Form({"tags": ["a"]}, some, required=("tags",)).block("Tags")["optional"]
    assert Form({"tags": ["a"]}, TAGS, required=("tags",)).block("Tags")["optional"]


def test_an_object_is_json() -> None:
    """What is not touched keeps its very numbers."""
    form = Form({"data": {"n": 1.0, "m": [1, None], "t": "a\u200bb — é"}}, ANY)

    text = form.element("Data")["initial_value"]

    assert text == ('{\n  "n": 1.0,\n  "m": [\n    1,\n    null\n  ],\n  "t": "a\\u200bb — é"\n}')
    assert form.read(Data=text.replace("\n", "")) is form.value
    edited = form.read(Data=text.replace("null", "2"))
    assert edited == {"data": {"n": 1.0, "m": [1, 2], "t": "a\u200bb — é"}}
    assert isinstance(edited["data"]["n"], float)
    assert form.read(Data=None) == {}


def test_a_large_object_is_written_on_one_line() -> None:
    """So that more of it fits; beyond that it stays as it is."""
    rows = [{"id": n, "name": "x" * 40} for n in range(40)]

    form = Form({"data": {"rows": rows}}, ANY)

    assert "\n" not in form.element("Data")["initial_value"]
    assert Form({"data": {"rows": rows * 2}}, ANY).fields == []


@pytest.mark.parametrize("value", [10**5000, float("inf")], ids=["huge", "endless"])
def test_numbers_that_no_text_holds(value: float) -> None:
    """They stay as they are, and nothing breaks."""
    deep: Any = [value]
    for _ in range(2000):
        deep = [deep]

    assert Form({"data": deep, "n": value}).fields == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": 1,}', "Not JSON: line 1, column"),
        ('{\n "a": 1\n "b": 2}', "Not JSON: line 3, column 2: expecting"),
        ("{“a”: 1}", 'Curly quotes do not count: write straight ones (").'),
        ('{"a": NaN}', "NaN is not a number"),
        ('{"a": -Infinity}', "-Infinity is not a number"),
        ('{"a": 1e999}', "too large"),
        ('{"a": 9007199254740992}', "too large"),
        ('{"a": 1, "b": 2, "a": 3}', "“a” is named twice"),
        ('{"a": "\\u0000"}', "cannot be sent"),
        ('{"\\ud800": 1}', "cannot be sent"),
        ("[" * 25 + "]" * 25, "nested too deeply"),
        ("[" * 1500, "nested too deeply"),
        ("x" * 3001, "3,000 characters"),
    ],
)
def test_json_that_cannot_be_taken(text: str, says: str) -> None:
    """Each mistake is said where it is."""
    assert says in Form({"data": {"a": 1}}, ANY).wrong(Data=text)


def test_a_slip_of_the_hand_is_no_new_key() -> None:
    """A key that neither the schema nor the value knows; unless the schema welcomes others."""
    inner = {"type": "object", "properties": {"name": {"type": "string"}}}
    data = {
        "type": "object",
        "properties": {"amount": {"type": "number"}, "who": {"type": "array", "items": inner}},
    }
    form = Form({"data": {"amount": 1, "extra": True}}, {"data": data})

    assert form.wrong(Data='{"amuont": 2}') == (
        "“amuont” is not known to the tool; did you mean “amount”?"
    )
    assert form.wrong(Data='{"who": [{"zzz": 1}]}') == "“zzz” is not known to the tool."
    assert form.read(Data='{"amount": 2, "extra": 1, "who": [{"name": "Ada"}]}')["data"] == {
        "amount": 2, "extra": 1, "who": [{"name": "Ada"}],
    }  # fmt: skip
    welcome = Form({"data": {}}, {"data": data | {"additionalProperties": True}})
    assert welcome.read(Data='{"amuont": 2}') == {"data": {"amuont": 2}}
    assert Form({}, ANY).read(Data='{"new": [1]}') == {"data": {"new": [1]}}


def test_choices_with_titles() -> None:
    """People read the titles, the tool gets its constants."""
    plan = {"oneOf": [{"const": "p1", "title": "Starter"}, {"const": 2, "title": " "}]}
    nothing = {"anyOf": [{"const": "a"}, {"const": None}]}
    form = Form({"plan": "p1", "no": "a"}, {"plan": plan, "no": nothing})

    assert [one["text"]["text"] for one in form.element("Plan")["options"]] == ["Starter", "2"]
    assert form.read(Plan="2") == {"plan": 2, "no": "a"}
    assert form.read(No=None) == {"plan": "p1", "no": None}


def test_a_long_choice_is_typed_and_checked() -> None:
    """Over a hundred choices, or two that look alike, are no list."""
    many = {"code": {"enum": [f"C{n}" for n in range(101)]}}
    form = Form({"code": "C7"}, many)

    assert form.element("Code")["initial_value"] == "C7"
    assert form.read(Code="C100") == {"code": "C100"}
    assert form.wrong(Code="C101") == (
        "This is none of the 101 values the tool knows, such as C0, C1, C2, C3, C4."
    )
    alike = {"code": {"enum": ["a" * 80 + "1", "a" * 80 + "2"]}}
    assert Form({}, alike).element("Code")["type"] == "plain_text_input"
    assert Form({}, {"code": {"enum": [*range(101)]}}).fields == []


def test_hints_say_what_is_not_in_the_input() -> None:
    """A value of another type, and what the tool takes when nothing is said."""
    form = Form(
        {"n": "seven", "plan": "gold", "z": None},
        {
            "n": {"type": "number"},
            "plan": {"enum": ["a", "b"], "description": " Which\nplan "},
            "z": {"type": ["string", "null"], "default": "x", "description": "Zone"},
            "d": {"type": "string", "default": {"a": 1}},
        },
    )

    assert form.hint("N") == "Now: seven"
    assert form.hint("Plan") == "Which plan. Now: gold"
    assert form.hint("Z") == "Zone"
    assert form.hint("D") == 'Left empty, the tool takes: {"a": 1}'
    assert form.read() is form.value


def test_what_lies_in_the_open_and_hides_something_is_not_json() -> None:
    """A masked object could not be written back; wholly hidden ones start empty."""
    value = {"card": {"no": "4242", "name": "Ada"}, "all": {"a": "4242"}, "l": ["4242"]}

    form = Form(value, sensitive=("/card/no", "/all", "/l/0"))

    assert list(inputs(form.view)) == ["All"]
    assert "4242" not in str(form.view)
    assert form.hint("All").endswith("Hidden. Left empty, it stays as it is.")
    assert form.read(All='{"a": 1}')["all"] == {"a": 1}


def test_a_hidden_moment_stays_hidden() -> None:
    """Neither picker nor hint tells."""
    form = Form({"at": "2026-03-02T14:30:00+01:00"}, AT, sensitive=("/at",))

    assert "2026" not in str(form.view)
    assert form.read() is form.value
    assert form.read(At=1772461800) == {"at": "2026-03-02T14:30:00Z"}


def test_an_object_holds_its_own_parts() -> None:
    """Where an object is editable as a whole, its parts are not asked twice."""
    value = {"who": {"name": "Ada"}}

    assert list(inputs(Form(value, editable=["/who/name", "/who"]).view)) == ["Who"]
    hidden = Form({"who": {"name": "Ada", "pin": "1"}}, editable=["/who", "/who/name"],
                  sensitive=("/who/pin",))  # fmt: skip
    assert list(inputs(hidden.view)) == ["Name"]


def test_fields_of_one_name_are_told_apart() -> None:
    """By the way that leads to them."""
    form = Form({"from": {"name": "a"}, "to": {"name": "b"}}, editable=["/from/name", "/to/name"])

    assert list(inputs(form.view)) == ["from › name", "to › name"]
    assert form.read(**{"to › name": "c"}) == {"from": {"name": "a"}, "to": {"name": "c"}}


def test_places_in_a_list() -> None:
    """One element of many; it can be changed, never taken away."""
    value = {"rows": [{"n": 1}, {"n": 2}, "x"]}
    form = Form(value, {"rows": {"items": {"properties": {"n": {"type": "integer"}}}}},
                editable=["/rows/1/n", "/rows/2", "/rows/9"])  # fmt: skip

    assert form.read(N="5") == {"rows": [{"n": 1}, {"n": 5}, "x"]}
    assert value["rows"][1] == {"n": 2}
    assert form.wrong(**{"2": None}) == "Please fill this in."


def test_older_python_schemas() -> None:
    """`allOf` with one branch, as some generators write a reference with a title."""
    schema = {
        "properties": {"plan": {"allOf": [{"$ref": "#/$defs/p"}], "title": "The plan"}},
        "$defs": {"p": {"enum": ["a", "b"]}},
    }
    fields = fields_of(schema, {"plan": "a"})

    assert [(f.label, f.choices) for f in fields] == [("The plan", ("a", "b"))]


GUIDANCE: Json = {
    "type": "object",
    "required": ["coverage", "kind", "claims", "who"],
    "properties": {
        "kind": {"const": "ruling"},
        "coverage": {"oneOf": [{"const": "7.2", "title": "Property"}, {"const": "9.1"}]},
        "limit": {"type": "number", "maximum": 500},
        "claims": {"type": "array", "items": {"type": "string"}},
        "who": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string"}, "since": {"type": "string"}},
        },
        "later": {
            "properties": {"day": {"type": "string", "format": "date"}, "k": {"const": 1}},
            "required": ["day"],
        },
        "extra": {},
    },
}


def answer(schema: Json, **by_label: Any) -> Any:
    fields, start = fields_of_schema(schema), start_of(schema)
    view = modal("T", inputs_of(fields), callback_id="x", metadata="", close="x", submit="y")
    judge_view(view)
    return read_answers(fields, start, filled(view, by_label))


def test_a_form_from_a_schema_alone() -> None:
    """Objects in it are asked property by property; constants are already in the answer."""
    fields = fields_of_schema(GUIDANCE)

    assert [(f.label, f.kind, f.may_stay_empty) for f in fields] == [
        ("Coverage", "choice", False), ("Limit", "number", True), ("Claims", "lines", True),
        ("Name", "text", False), ("Since", "text", True), ("Day", "date", True),
        ("Extra", "json", True),
    ]  # fmt: skip
    given = answer(GUIDANCE, Coverage="Property", Name="Ada", Limit="20.5", Day="2026-03-02")
    assert given == {
        "kind": "ruling", "coverage": "7.2", "claims": [], "who": {"name": "Ada"}, "limit": 20.5,
        "later": {"day": "2026-03-02"},
    }  # fmt: skip
    assert violations(GUIDANCE, given) == []


def test_what_is_wrong_with_the_whole_stands_at_its_field() -> None:
    """Faults inside of a field name the place; the rest goes where the caller says."""
    fields = fields_of_schema(GUIDANCE)
    given = answer(GUIDANCE, Coverage="9.1", Limit="501")

    errors = errors_at(fields, violations(GUIDANCE, given), "note")

    assert errors == {"field_1": "must be ≤ 500", "field_3": "is missing"}
    more = [Fault("/claims/2", "is odd"), Fault("/gone", "is odd"), Fault("", "is odd")]
    assert errors_at(fields, more[:1], "note") == {"field_2": "2: is odd"}
    assert errors_at(fields, more[1:2], "note") == {"note": "gone: is odd"}
    assert errors_at(fields, more[2:], "note") == {"note": "Together, this: is odd"}
    policy = [Fault("", "the policy refuses this: no")]
    assert errors_at(fields, policy, "note") == {"note": "The policy refuses this: no"}


@pytest.mark.parametrize(
    ("schema", "typed", "value"),
    [
        ({"type": "string"}, "Apply clause 7.2", "Apply clause 7.2"),
        ({"type": "integer", "title": "Answer"}, "7", 7),
        ({"type": "boolean"}, "Yes", True),
        ({"enum": ["a", "b"]}, "b", "b"),
        ({"type": "array", "items": {"type": "string"}}, "a\nb", ["a", "b"]),
        ({"type": "object"}, '{"a": 1}', {"a": 1}),
        ({}, "[1]", [1]),
        ({"type": ["string", "integer"]}, '"x"', "x"),
    ],
)
def test_an_answer_that_is_one_value(schema: Json, typed: str, value: Any) -> None:
    """The whole answer is one field; a fault of it stands there."""
    assert answer(schema, Answer=typed) == value
    fields = fields_of_schema(schema)
    assert errors_at(fields, [Fault("", "is odd")], "note") == {"field_0": "is odd"}
    assert fields[0].label == wording_forms.ANSWER_LABEL


def test_a_constant_asks_nothing() -> None:
    """There is nothing to choose."""
    assert fields_of_schema({"const": 5}) == []
    assert start_of({"const": 5}) == 5
    assert start_of({"type": "array", "items": {}}) == []
    assert start_of({"type": "array", "minItems": 1}) is None


def test_a_form_that_goes_down_without_end() -> None:
    """An object that holds its own kind is asked four levels deep, and from there as JSON."""
    tree = {
        "$ref": "#/$defs/tree",
        "$defs": {"tree": {"properties": {"in": {"$ref": "#/$defs/tree"}}}},
    }

    (field,) = fields_of_schema(tree)

    assert (field.path, field.kind) == (("in",) * 4, "json")


def test_untouched_is_the_same_object() -> None:
    """The caller sees at once that nothing was changed."""
    form = Form({"data": {"a": [1]}, "day": "2026-03-02"}, ANY | DAY)

    assert read_answers(form.fields, form.value, untouched(form.view)) is form.value
    assert read_answers(form.fields, form.value, None) is form.value
