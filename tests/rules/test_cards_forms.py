"""The forms: arguments in, the same or edited arguments out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import forms, names
from bot.cards.forms import (
    ModifyAnswer,
    RejectAnswer,
    field_errors,
    modify_form,
    notice,
    read_reject,
    reject_form,
)
from bot.cards.states import FormError
from bot.domain.errors import Fault
from bot.domain.escalation import Escalation
from tests.rules.filling import as_sent, inputs, untouched
from tests.rules.judge import judge_view, texts
from tests.rules.making import (
    human,
    make_around,
    make_escalation,
    make_proposal,
    make_request,
    make_tool,
)
from tests.rules.test_cards_limits import escalations, thorough

AROUND = make_around(quick_reasons=("already paid back", "wrong amount"))


def asks(
    arguments: dict[str, Any], schema: dict[str, Any] | None = None, **over: Any
) -> Escalation:
    tool = make_tool(arguments=arguments, input_schema=schema, editable=None, sensitive=[])
    return make_escalation(make_request(tool=tool | over))


def typed(text: str | None) -> dict[str, Any]:
    return {"input": {"type": "plain_text_input", "value": text}}


def chose(value: str | None) -> dict[str, Any]:
    option = None if value is None else {"text": {}, "value": value}
    return {"input": {"type": "static_select", "selected_option": option}}


def ticked(*values: str) -> dict[str, Any]:
    return {"input": {"selected_options": [{"value": value} for value in values]}}


def read_modify(escalation: Escalation, values: Any) -> ModifyAnswer:
    """Reads the values as if they had been typed into this escalation's own form."""
    return forms.read_modify(escalation, as_sent(modify_form(escalation, AROUND), values))


def wrong(escalation: Escalation, values: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(FormError) as error:
        read_modify(escalation, values)
    assert str(error.value)
    return error.value.errors


def test_an_amount_is_lowered() -> None:
    """The edited field changes; everything else comes back as it was."""
    escalation = make_escalation()
    values = untouched(modify_form(escalation, AROUND))

    values |= {"field_0": typed("200.00"), "note": typed(" Shipping is not refundable ")}
    answer = read_modify(escalation, values)

    assert answer.arguments == {"order": "89234", "amount": 200.0, "currency": "USD"}
    assert answer.note == "Shipping is not refundable"


def test_the_form_shows_what_it_cannot_change() -> None:
    """What is not editable stands above the inputs, masked where it is sensitive."""
    view = modify_form(make_escalation(), AROUND)

    assert "order: ••••34\ncurrency: USD" in texts(view)
    assert list(inputs(view)) == ["Amount", "Note to the agent"]


def test_a_pending_proposal_is_what_the_form_starts_from() -> None:
    """Whoever edits an edit sees the edit."""
    escalation = make_escalation(proposal=make_proposal())

    view = modify_form(escalation, AROUND)

    assert inputs(view)["Amount"]["element"]["initial_value"] == "200"
    assert read_modify(escalation, {}).arguments == make_proposal().arguments


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("501", "must be ≤ 500"),
        ("-1", "must be ≥ 0"),
        ("247,50", "decimals with a point"),
        ("nan", "write a number"),
        ("inf", "write a number"),
        ("١٢", "write a number"),
        ("1" * 61, "write a number"),
        ("1e999", "too large"),
        ("9007199254740992", "too large"),
        ("", "fill this in"),
        (None, "fill this in"),
    ],
)
def test_a_number_that_does_not_fit(text: str | None, words: str) -> None:
    """Each mistake is named at its own field."""
    errors = wrong(make_escalation(), {"field_0": typed(text)})

    assert list(errors) == ["field_0"]
    assert words in errors["field_0"]


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), ("200.00", 200), ("2e2", 200), ("9007199254740991", 2**53 - 1)]
)
def test_an_integer_stays_one(text: str, value: int) -> None:
    """`200.00` is a whole number, and the tool gets it as one."""
    escalation = asks({"n": 7}, {"properties": {"n": {"type": "integer"}}})

    answer = read_modify(escalation, {"field_0": typed(text)})

    assert answer.arguments == {"n": value}
    assert isinstance(answer.arguments["n"], int)


@pytest.mark.parametrize("text", ["7.5", "9007199254740990.5"])
def test_a_fraction_is_not_whole(text: str) -> None:
    """Nothing is rounded behind anybody's back."""
    escalation = asks({"n": 7}, {"properties": {"n": {"type": "integer"}}})

    assert wrong(escalation, {"field_0": typed(text)}) == {
        "field_0": "Please write a whole number."
    }


@pytest.mark.parametrize("text", ["247.5", "247.50", "+247.5", " 247.5 ", "2475e-1"])
def test_the_same_number_in_another_spelling_is_no_change(text: str) -> None:
    """An approval stays an approval, however the amount is written."""
    escalation = make_escalation()
    assert escalation.request.tool is not None

    answer = read_modify(escalation, {"field_0": typed(text)})

    assert answer.arguments == escalation.request.tool.arguments


def test_every_kind_of_input() -> None:
    """Each JSON type has the input that suits it, with the limits of its schema."""
    schema = {
        "required": ["name", "flag", "plan"],
        "properties": {
            "name": {"type": "string", "minLength": 2, "maxLength": 9, "title": "Full name"},
            "flag": {"type": "boolean"},
            "plan": {"enum": ["a", "b"], "description": "Which plan"},
            "count": {"type": ["integer", "null"], "minimum": 1, "maximum": 2.5},
            "ratio": {"anyOf": [{"type": "number", "maximum": 1e300}, {"type": "null"}]},
            "memo": {"$ref": "#/$defs/text"},
            "list": {"type": "array"},
            "either": {"type": ["string", "number"]},
            "fixed": {"const": 1},
            "odd": True,
        },
        "$defs": {"text": {"type": "string"}},
    }
    escalation = asks({"name": "Ada", "flag": True, "plan": "b", "list": [1], "odd": None}, schema)

    view = modify_form(escalation, AROUND)
    judge_view(view)
    fields = inputs(view)

    assert list(fields) == [
        "Full name", "Flag", "Plan", "Count", "Ratio", "Memo", "List", "Note to the agent",
    ]  # fmt: skip
    assert fields["Full name"]["element"]["min_length"] == 2
    assert fields["Full name"]["element"]["max_length"] == 9
    assert fields["Flag"]["element"]["initial_option"]["text"]["text"] == "Yes"
    assert fields["Plan"]["element"]["initial_option"]["value"] == "1"
    assert fields["Plan"]["hint"]["text"] == "Which plan"
    assert fields["Count"]["optional"]
    assert fields["Count"]["element"]["min_value"] == "1"
    assert "max_value" not in fields["Count"]["element"]
    assert "max_value" not in fields["Ratio"]["element"]
    values = {"field_1": chose("1"), "field_2": chose("0"), "field_3": typed("2")}
    assert read_modify(escalation, untouched(view) | values).arguments == {
        "name": "Ada", "flag": False, "plan": "a", "list": [1], "odd": None, "count": 2,
    }  # fmt: skip


def test_optional_values_can_be_taken_away() -> None:
    """An emptied optional field is absent, or null where null is allowed."""
    schema = {
        "properties": {
            "a": {"type": "string"},
            "b": {"type": ["string", "null"]},
            "c": {"enum": [1]},
        }
    }
    escalation = asks({"a": "x", "b": "y", "c": 1}, schema)

    answer = read_modify(
        escalation, {"field_0": typed(""), "field_1": typed(None), "field_2": chose(None)}
    )

    assert answer.arguments == {"b": None}


def test_a_sensitive_field_starts_empty_and_stays_unchanged() -> None:
    """Nobody sees the card number; whoever types a new one replaces it."""
    tool = make_tool(editable=["/order"])
    escalation = make_escalation(make_request(tool=tool))

    view = modify_form(escalation, AROUND)

    field = inputs(view)["Order"]
    assert "initial_value" not in field["element"]
    assert field["optional"]
    assert "Hidden" in field["hint"]["text"]
    assert "89234" not in str(view["blocks"][1:])
    assert read_modify(escalation, untouched(view)).arguments["order"] == "89234"
    assert read_modify(escalation, {"field_0": typed("")}).arguments["order"] == "89234"
    assert read_modify(escalation, {"field_0": typed("1")}).arguments["order"] == "1"


def test_nested_fields_are_reached_through_the_schema() -> None:
    """`/customer/name` is one input; its neighbours stay and stand above."""
    schema = {
        "properties": {"customer": {"$ref": "#/$defs/c"}},
        "$defs": {
            "c": {
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "vip": {"type": "boolean"}},
            }
        },
    }
    escalation = asks(
        {"customer": {"name": "Ada", "id": 7}, "list": [{"x": 1, "y": 2}]},
        schema,
        editable=["/customer/name", "/customer/vip", "/absent/x", "/list/0/x", "/list/1", "/"],
    )

    view = modify_form(escalation, AROUND)
    answer = read_modify(
        escalation, {"field_0": typed("Grace"), "field_1": chose("0"), "field_2": typed("2")}
    )

    assert list(inputs(view)) == ["Name", "Vip", "X", "Note to the agent"]
    assert 'customer: {"id": 7}\nlist: [{"y": 2}]' in texts(view)
    assert answer.arguments["customer"] == {"name": "Grace", "id": 7, "vip": True}
    assert answer.arguments["list"] == [{"x": 2, "y": 2}]
    assert escalation.request.tool is not None
    assert escalation.request.tool.arguments["customer"] == {"name": "Ada", "id": 7}


def test_schemas_that_lead_nowhere() -> None:
    """References in circles, outwards or to nothing, and alternatives: the value's type decides."""
    schema = {
        "properties": {
            "circle": {"$ref": "#/properties/circle"},
            "out": {"$ref": "https://example.com/s"},
            "odd": {"$ref": 3},
            "either": {"anyOf": [{"minLength": 1}, {"maxLength": 5}]},
        }
    }
    arguments = {"circle": "a", "out": 1, "odd": True, "either": "x"}

    view = modify_form(asks(arguments, schema), AROUND)

    assert list(inputs(view)) == ["Circle", "Out", "Odd", "Either", "Note to the agent"]


def test_without_a_schema_the_values_speak() -> None:
    """Every value gets the input of its JSON type; null says nothing and stays as it is."""
    arguments = {"s": "x", "n": 1e-7, "b": False, "l": [], "o": {}, "z": None, "e": ""}
    escalation = asks(arguments)

    view = modify_form(escalation, AROUND)

    assert list(inputs(view)) == ["S", "N", "B", "L", "O", "E", "Note to the agent"]
    assert inputs(view)["N"]["element"]["initial_value"] == "0.0000001"
    assert read_modify(escalation, untouched(view)).arguments == arguments
    values = {"field_0": typed("y"), "field_5": typed("full")}
    assert read_modify(escalation, values).arguments == arguments | {"s": "y", "e": "full"}


def test_what_a_form_cannot_hold_is_text() -> None:
    """Endless texts, huge numbers and what would be lost on the way are shown, with the reason."""
    schema = {
        "properties": {
            "many": {"enum": list(range(101))},
            "mixed": {"enum": [[1], {}]},
            "null": {"enum": [None]},
            "long": {"type": "string"},
            "hidden": {"type": "string"},
            "ends": {"type": "string"},
            "number": {"type": "number"},
            "text": {"type": "string"},
            "deep": {"type": "object"},
        }
    }
    arguments = {
        "long": "x" * 15_001, "hidden": "a\u200bb", "ends": "a\r\nb\nc", "number": 10**60,
        "text": {}, "deep": {"x": "y" * 3000},
    }  # fmt: skip

    view = modify_form(asks(arguments, schema), AROUND)

    judge_view(view)
    assert list(inputs(view)) == ["Note to the agent"]
    assert (
        "Cannot be edited in a form: long (too long for a form)"
        " · hidden (has characters that a form would lose)"
        " · ends (has characters that a form would lose) · number (too long for a form)"
        " · text (not of the type it should have) · deep (too long for a form)"
    ) in texts(view)


def test_booleans_and_numbers_in_a_list_are_told_apart() -> None:
    """In Python True equals 1; on a card it must not."""
    schema = {"properties": {"x": {"enum": [1, True, 2.5, None]}}}
    escalation = asks({"x": True}, schema)

    element = inputs(modify_form(escalation, AROUND))["X"]["element"]

    assert [option["text"]["text"] for option in element["options"]] == ["1", "true", "2.5"]
    assert element["initial_option"]["value"] == "1"


def test_a_value_outside_its_bounds_still_opens() -> None:
    """The reviewer must be able to mend what the agent got wrong."""
    schema = {
        "properties": {
            "n": {"type": "number", "minimum": 0, "maximum": 5},
            "t": {"type": "string", "maxLength": 2},
            "w": {"type": "string", "minLength": 4000},
        }
    }
    escalation = asks({"n": 9, "t": "long", "w": "x"}, schema)

    view = modify_form(escalation, AROUND)

    judge_view(view)
    assert "max_value" not in inputs(view)["N"]["element"]
    values = untouched(view) | {"field_0": typed("4")}
    assert read_modify(escalation, values).arguments == {"n": 4, "t": "long", "w": "x"}


def test_a_value_of_the_wrong_type_is_not_prefilled() -> None:
    """A text where the schema wants a number: the input is empty, and empty means unchanged."""
    types = {"n": "number", "b": "boolean", "t": "string"}
    schema = {
        "properties": {name: {"type": one} for name, one in types.items()},
        "required": list(types),
    }
    escalation = asks({"n": "seven", "b": 1, "t": 5}, schema)

    view = modify_form(escalation, AROUND)

    assert all("initial" not in key for f in inputs(view).values() for key in f["element"])
    assert read_modify(escalation, untouched(view)).arguments == {"n": "seven", "b": 1, "t": 5}


def test_at_most_forty_inputs_and_thirty_lines() -> None:
    """What does not fit in a form is counted, and stands under “Show everything”."""
    view = modify_form(asks({f"k{i}": "v" for i in range(100)}), AROUND)

    judge_view(view)
    assert len(inputs(view)) == 41
    assert any("… and 30 more" in text for text in texts(view))


def test_a_fault_stands_at_its_field() -> None:
    """Pointers become block ids; what has no field stands at the note, and names its place."""
    faults = [
        Fault("/amount", "must be ≤ 500"),
        Fault("/amount", "second"),
        Fault("/x", "is missing"),
        Fault("", "is odd"),
    ]

    assert field_errors(make_escalation(), faults) == {
        "field_0": "must be ≤ 500",
        "note": "x: is missing",
    }
    assert field_errors(make_escalation(), faults[3:]) == {"note": "Together, this: is odd"}


def test_faults_of_the_agent_are_not_the_reviewers() -> None:
    """An edit is not refused for what was wrong before and was not touched."""
    schema = {"required": ["gone"], "properties": {"n": {"type": "number"}}}
    escalation = asks({"n": 1}, schema)

    assert read_modify(escalation, {"field_0": typed("2")}).arguments == {"n": 2}


@pytest.mark.parametrize("bad", ["nul \x00", "lone \ud800", "x" * 3001])
def test_text_that_cannot_travel_is_refused(bad: str) -> None:
    """Characters without a JSON form are named, at the field and at the note."""
    escalation = asks({"t": "x"}, {"properties": {"t": {"type": "string"}}})

    assert list(wrong(escalation, {"field_0": typed(bad), "note": typed(bad)})) == [
        "field_0",
        "note",
    ]
    with pytest.raises(FormError):
        read_reject(escalation, {"reason": typed(bad)})


@pytest.mark.parametrize("back", ["a\nb c", "a\r\nb c", "a\rb c", " a\nb c\n"])
def test_line_ends_and_space_around_come_back_as_they_were(back: str) -> None:
    """However Slack hands a text back, pressing the button does not change the argument."""
    escalation = asks({"t": " a\r\nb c\r\n"})

    view = modify_form(escalation, AROUND)

    assert inputs(view)["T"]["element"]["initial_value"] == "a\nb c"
    assert read_modify(escalation, {"field_0": typed(back)}).arguments == {"t": " a\r\nb c\r\n"}
    edited = read_modify(escalation, {"field_0": typed(back.replace("b", "x"))})
    assert edited.arguments["t"].split() == ["a", "x", "c"]
    assert "\r\n" in edited.arguments["t"]


def test_joiners_stay() -> None:
    """Families of emoji and Persian words are edited as they are."""
    escalation = asks({"t": "👨\u200d👩\u200d👧 می\u200cخواهم"})

    element = inputs(modify_form(escalation, AROUND))["T"]["element"]

    assert element["initial_value"] == "👨\u200d👩\u200d👧 می\u200cخواهم"


@pytest.mark.parametrize("value", ["7", "x", "-1", "٣", "0000"])
def test_a_choice_that_was_never_offered(value: str) -> None:
    """Somebody else's payload, or an old form: choose again."""
    escalation = asks({"p": "a"}, {"properties": {"p": {"enum": ["a", "b"]}}})

    assert wrong(escalation, {"field_0": chose(value)}) == {
        "field_0": "Please choose one of the list."
    }


def test_without_a_tool_there_is_nothing_to_modify() -> None:
    """The form is empty but for the note, and so is the answer."""
    escalation = make_escalation(make_request(tool=None))

    judge_view(modify_form(escalation, AROUND))
    assert read_modify(escalation, {}).arguments == {}


def test_a_reason_in_one_tap() -> None:
    """A quick reason is enough; words of one's own are added to it."""
    escalation = make_escalation()
    view = reject_form(escalation, AROUND)
    judge_view(view)

    quick = {"quick_reason": chose("already paid back")}

    assert read_reject(escalation, quick) == RejectAnswer("already paid back", False, False)
    both = read_reject(escalation, quick | {"reason": typed("on Monday")})
    assert both.comment == "already paid back: on Monday"
    assert read_reject(escalation, {"reason": typed("why")} | {"options": ticked("revise")}).revise
    stop = read_reject(escalation, {"reason": typed("why"), "options": ticked("stop_run")})
    assert stop.stop_run


@pytest.mark.parametrize(
    ("values", "block"),
    [
        ({}, "reason"),
        ({"reason": typed("  \u200b ")}, "reason"),
        ({"reason": typed("x"), "options": ticked("revise", "stop_run")}, "options"),
    ],
)
def test_a_rejection_without_a_reason(values: dict[str, Any], block: str) -> None:
    """The agent learns nothing from a bare no; and it cannot both stop and look further."""
    with pytest.raises(FormError) as error:
        read_reject(make_escalation(), values)

    assert list(error.value.errors) == [block]


@pytest.mark.parametrize(
    ("allowed", "revise", "boxes"),
    [(["reject"], False, 1), (["revise"], True, 0), (["reject", "revise"], True, 2)],
)
def test_only_what_is_allowed_is_offered(allowed: list[str], revise: bool, boxes: int) -> None:
    """Where only one of the two is allowed, the form still works and asks for no more."""
    escalation = make_escalation(make_request(allowed_decisions=allowed))

    view = reject_form(escalation, make_around())
    answer = read_reject(escalation, {"reason": typed("why"), "options": ticked("revise")})

    judge_view(view)
    found = [b["element"]["options"] for b in view["blocks"] if b.get("block_id") == "options"]
    assert sum(map(len, found)) == boxes
    assert answer.revise is revise


def test_metadata_binds_a_form_to_what_was_shown() -> None:
    """The form carries the digest of the action it was opened for."""
    escalation = make_escalation(proposal=make_proposal())

    for view in (modify_form(escalation, AROUND), reject_form(escalation, AROUND)):
        packed = names.unpack(view["private_metadata"])
        assert packed == (escalation.id, escalation.shown_digest)


def test_a_form_over_another_action_is_not_read() -> None:
    """Bob proposed something else meanwhile: what she typed stays, and nothing is sent."""
    escalation = make_escalation()
    values = untouched(modify_form(escalation, AROUND))
    overtaken = replace(escalation, proposal=make_proposal(by=human("Bob")))
    noted = {"note": {"input": {"value": "but why?"}}}

    for sent, place in ((values, "field_0"), (noted, "note")):
        with pytest.raises(FormError) as error:
            forms.read_modify(overtaken, sent, escalation.shown_digest)
        assert list(error.value.errors) == [place]
        assert error.value.errors[place].startswith("Bob changed this while you were editing")
    with pytest.raises(FormError, match="Somebody changed this"):
        forms.read_modify(escalation, values, overtaken.shown_digest)
    assert forms.read_modify(escalation, values, escalation.shown_digest).note is None


def test_a_field_in_a_list_leaves_the_list_in_view() -> None:
    """What stands above holds the rest of it, and elements that are fields themselves."""
    escalation = asks({"rows": [{"n": 1, "x": 2}, "y"]}, editable=["/rows/0/n", "/rows/1"])

    assert 'rows: [{"x": 2}, "y"]' in texts(modify_form(escalation, AROUND))


def test_a_notice_keeps_our_markup_and_defuses_the_rest() -> None:
    """Times of ours survive; a mention in a raw sentence does not, nor does one too long."""
    view = notice("Too late", "at <!date^12^{time}|12:00 UTC> & <!channel> &lt; @here")

    assert view["blocks"][0]["text"]["text"] == (
        "at <!date^12^{time}|12:00 UTC> &amp; &lt;!channel&gt; &lt; ＠here"
    )
    judge_view(notice("T" * 40, "<" * 3000))


@given(escalations())
@thorough
def test_untouched_means_unchanged(escalation: Escalation) -> None:
    """Opening the form and pressing the button changes no argument, whatever it holds."""
    tool = escalation.shown.tool
    view = modify_form(escalation, AROUND)

    answer = read_modify(escalation, untouched(view))

    assert answer.arguments is not None
    assert repr_of(answer.arguments) == repr_of(tool.arguments if tool else {})


def repr_of(arguments: dict[str, Any]) -> Any:
    """Comparable although NaN is not equal to itself, and depth has no bounds."""
    return {key: id(value) for key, value in arguments.items()}


hostile = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("stop_run"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "input",
                    "value",
                    "selected_option",
                    "selected_options",
                    "field_0",
                    "field_1",
                    "note",
                    "reason",
                    "quick_reason",
                    "options",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)
EVERY_KIND = asks(
    {"t": "x", "n": 1, "b": True, "c": "a"},
    {"properties": {"t": {"type": "string"}, "n": {"type": "number", "maximum": 9},
                    "b": {"type": "boolean"}, "c": {"enum": ["a", "b"]}}},
)  # fmt: skip


def mistakes(read: Any, payload: Any) -> list[str]:
    try:
        read(EVERY_KIND, payload)
    except FormError as error:
        return list(error.errors.values())
    return []


@given(hostile, st.lists(hostile, min_size=4, max_size=4))
@settings(max_examples=120, deadline=None)
def test_no_payload_breaks_a_form(values: Any, states: list[Any]) -> None:
    """Whatever JSON arrives in a form's place, the worst is a sentence at a field."""
    shaped = {f"field_{i}": {"input": state} for i, state in enumerate(states)}
    for payload in (values, shaped, shaped | {"note": values}):
        for read in (read_modify, read_reject):
            for sentence in mistakes(read, payload):
                assert 0 < len(sentence) <= 300


def test_a_settled_one_still_reads() -> None:
    """Reading a late form does not depend on the state: the verb refuses it."""
    escalation = replace(make_escalation(), status="expired")

    assert read_modify(escalation, {}).note is None
