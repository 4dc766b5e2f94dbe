"""The sandbox refuses what Slack refuses."""

from collections.abc import Callable
from typing import Any

import pytest
import slackblocks

from sandbox.limits import check_blocks, check_metadata, check_view
from sandbox.refusals import RefusedError

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(text: str = "Go", **more: Any) -> Json:
    return {"type": "button", "action_id": "go", "text": plain(text), **more}


def option(value: str = "a", text: str = "A", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def select(count: int) -> Json:
    return {
        "type": "static_select",
        "action_id": "pick",
        "options": [option(str(number)) for number in range(count)],
    }


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "blocks": list(blocks), **more}


def problems(check: Callable[[object], None], value: object) -> list[str]:
    try:
        check(value)
    except RefusedError as refused:
        return [refused.code, *refused.problems]
    return []


# For each limit: the largest that passes, and the smallest that does not.
EDGES: list[tuple[str, Json, Json, str]] = [
    (
        "section text",
        {"type": "section", "text": mrkdwn("x" * 3000)},
        {"type": "section", "text": mrkdwn("x" * 3001)},
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        "empty text",
        {"type": "section", "text": mrkdwn("x")},
        {"type": "section", "text": mrkdwn("")},
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        "fields",
        {"type": "section", "fields": [mrkdwn("x")] * 10},
        {"type": "section", "fields": [mrkdwn("x")] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        "field text",
        {"type": "section", "fields": [mrkdwn("x" * 2000)]},
        {"type": "section", "fields": [mrkdwn("x" * 2001)]},
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    (
        "header",
        {"type": "header", "text": plain("x" * 150)},
        {"type": "header", "text": plain("x" * 151)},
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        "context",
        {"type": "context", "elements": [mrkdwn("x")] * 10},
        {"type": "context", "elements": [mrkdwn("x")] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        "actions",
        actions(*(button(action_id=f"b{number}") for number in range(25))),
        actions(*(button(action_id=f"b{number}") for number in range(26))),
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        "button text",
        actions(button("x" * 75)),
        actions(button("x" * 76)),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        "button value",
        actions(button(value="x" * 2000)),
        actions(button(value="x" * 2001)),
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        "button style",
        actions(button(style="danger")),
        actions(button(style="green")),
        "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    (
        "overflow",
        actions({"type": "overflow", "action_id": "m", "options": [option()] * 5}),
        actions({"type": "overflow", "action_id": "m", "options": [option()] * 6}),
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        "select",
        actions(select(100)),
        actions(select(101)),
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        "option value",
        field({"type": "radio_buttons", "action_id": "r", "options": [option("x" * 150)]}),
        field({"type": "radio_buttons", "action_id": "r", "options": [option("x" * 151)]}),
        "must be less than 151 characters [json-pointer:/blocks/0/element/options/0/value]",
    ),
    (
        "initial option",
        actions(select(2) | {"initial_option": option("1")}),
        actions(select(2) | {"initial_option": option("2")}),
        "must be one of the options [json-pointer:/blocks/0/elements/0/initial_option]",
    ),
    (
        "image",
        {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "A chart"},
        {"type": "image", "image_url": "https://x.example/a.png"},
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    (
        "known blocks",
        {"type": "divider"},
        {"type": "divide"},
        "unsupported type: divide [json-pointer:/blocks/0/type]",
    ),
    (
        "known keys",
        {"type": "divider", "block_id": "a"},
        {"type": "divider", "colour": "red"},
        "invalid additional property: colour [json-pointer:/blocks/0/colour]",
    ),
    (
        "one action_id a block",
        actions(button(), button(action_id="other")),
        actions(button(), button()),
        "action_id already exists: go [json-pointer:/blocks/0/elements/1/action_id]",
    ),
    (
        "confirm",
        actions(
            button(
                confirm={
                    "title": plain("x" * 100),
                    "text": mrkdwn("x" * 300),
                    "confirm": plain("x" * 30),
                    "deny": plain("x" * 30),
                }
            )
        ),
        actions(
            button(
                confirm={
                    "title": plain("x" * 101),
                    "text": mrkdwn("x"),
                    "confirm": plain("x"),
                    "deny": plain("x"),
                }
            )
        ),
        "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
    ),
    (
        "table",
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]},
        "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]",
    ),
    (
        "rich text",
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
            ],
        },
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}],
        },
        "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
    ),
    (
        "number input",
        field({"type": "number_input", "action_id": "n", "is_decimal_allowed": True}),
        field({"type": "number_input", "action_id": "n"}),
        "missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]",
    ),
]


@pytest.mark.parametrize(
    ("fits", "breaks", "problem"), [edge[1:] for edge in EDGES], ids=[edge[0] for edge in EDGES]
)
def test_each_limit_holds_to_the_character(fits: Json, breaks: Json, problem: str) -> None:
    """The largest allowed thing passes, one more is refused with its place."""
    assert problems(check_blocks, [fits]) == []
    assert problems(check_blocks, [breaks]) == ["invalid_blocks", problem]


def test_a_message_holds_fifty_blocks_with_ids_of_their_own() -> None:
    """Fifty blocks pass, 51 do not, nor does a block_id that stands twice."""
    divider = {"type": "divider"}

    assert problems(check_blocks, [divider] * 50) == []
    assert problems(check_blocks, [divider] * 51)[0] == "invalid_blocks"
    twice = problems(check_blocks, [divider | {"block_id": "a"}] * 2)
    assert twice[1] == "block_id already exists: a [json-pointer:/blocks/1/block_id]"


def test_all_text_of_a_message_counts_together() -> None:
    """Blocks that are fine one by one are too long together."""
    block = {"type": "section", "text": mrkdwn("x" * 2600)}

    assert problems(check_blocks, [block] * 5) == []
    assert problems(check_blocks, [block] * 6) == ["msg_blocks_too_long"]


def test_a_view_has_limits_of_its_own() -> None:
    """Title, submit, private metadata, number of blocks and size are checked."""
    text = field({"type": "plain_text_input", "action_id": "t"})
    divider = {"type": "divider"}

    assert problems(check_view, modal(text, submit=plain("Send"))) == []
    assert "submit" in problems(check_view, modal(text))[1]
    assert "25 characters" in problems(check_view, modal(title=plain("x" * 25)))[1]
    assert "3001" in problems(check_view, modal(private_metadata="x" * 3001))[1]
    assert problems(check_view, modal(*[divider] * 100)) == []
    assert "100 items" in problems(check_view, modal(*[divider] * 101))[1]
    assert (
        "unsupported type: markdown"
        in problems(check_view, modal({"type": "markdown", "text": "x"}))[1]
    )
    wide = {"type": "section", "text": mrkdwn("x" * 2900)}
    assert problems(check_view, modal(*[wide] * 90)) == ["view_too_large"]


def test_metadata_is_small_and_well_formed() -> None:
    """Metadata needs its two keys and stays under 8 KB."""
    assert problems(check_metadata, {"event_type": "a", "event_payload": {}}) == []
    assert problems(check_metadata, {"event_type": "a"}) == ["invalid_metadata_format"]
    large = {"event_type": "a", "event_payload": {"x": "y" * 9000}}
    assert problems(check_metadata, large) == ["metadata_too_large"]


def test_an_independent_list_of_limits_agrees() -> None:
    """What slackblocks builds passes here, and its published numbers are ours."""
    from slackblocks import _limits as theirs

    built = [
        slackblocks.HeaderBlock("Refund?"),
        slackblocks.SectionBlock("Why"),
        slackblocks.ActionsBlock(
            [slackblocks.Button("Approve", action_id="approve", value="1", style="primary")]
        ),
        slackblocks.DividerBlock(),
    ]

    assert problems(check_blocks, [block._resolve() for block in built]) == []
    assert theirs.SECTION_TEXT_MAX_LENGTH == 3000
    assert theirs.SECTION_FIELDS_ITEM_MAX_LENGTH == 2000
    assert theirs.HEADER_TEXT_MAX_LENGTH == 150
    assert theirs.BUTTON_VALUE_MAX_LENGTH == 2000
    assert theirs.OPTION_VALUE_MAX_LENGTH == 150
    assert theirs.MESSAGE_BLOCKS_MAX_ITEMS == 50
    assert theirs.VIEW_BLOCKS_MAX_ITEMS == 100
