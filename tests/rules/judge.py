"""An independent judge of our blocks: rebuilds them with slackblocks, which knows Slack's limits,
and asks the sandbox.

What slackblocks does not know stands here too: the text of a message together, and that nothing
from outside is parsed.
"""

from __future__ import annotations

import json
import re
from typing import Any

import slackblocks as sb
from slackblocks.rich_text import (
    RichText,
    RichTextCodeBlock,
    RichTextLink,
    RichTextQuote,
    RichTextSection,
)

from bot.cards import wording
from bot.cards.around import Card
from sandbox.limits import check_view

#: A link of ours may say something else than where it leads.
OUR_CARDS = "https://sandbox.example/archives/"
TOKEN = re.compile(r"<(?!!date\^\d+\^)")


def judge_message(text: str, blocks: list[dict[str, Any]]) -> None:
    """Fails where Slack would refuse the message, or parse something in it."""
    assert 0 < len(text) <= 4000
    assert "<" not in text.replace("<!date^", "")
    sb.Message(channel="C1", text=text, blocks=[_block(block) for block in blocks])
    assert sum(map(len, texts(blocks))) < 11_000
    _nothing_is_parsed(blocks)


def judge_rows(card: Card) -> list[str]:
    """A message of several rows, and the ids of its blocks: each is there once."""
    judge_message(card.text, card.blocks)
    assert len(card.blocks) <= 50
    ids = [block["block_id"] for block in card.blocks if "block_id" in block]
    assert len(ids) == len(set(ids))
    return ids


def judge_view(view: dict[str, Any]) -> None:
    """Fails where Slack would refuse the modal, or parse something in it."""
    sb.ModalView(
        title=_text(view["title"]),
        blocks=[_block(block) for block in view["blocks"]],
        close=_text(view["close"]),
        submit=_text(view["submit"]) if "submit" in view else None,
        private_metadata=view["private_metadata"],
        callback_id=view["callback_id"],
    )
    assert set(view) <= {
        "type",
        "title",
        "blocks",
        "close",
        "submit",
        "private_metadata",
        "callback_id",
    }
    ids = [block["block_id"] for block in view["blocks"] if "block_id" in block]
    assert len(ids) == len(set(ids))
    _nothing_is_parsed(view["blocks"])
    # Slack does not say whether it counts escaped letters; no other way of counting gives more.
    assert len(json.dumps(view)) <= 250 * 1024
    check_view(view)


def texts(piece: Any) -> list[str]:
    """Every text in a piece of Block Kit."""
    if isinstance(piece, list):
        return [text for one in piece for text in texts(one)]
    if not isinstance(piece, dict):
        return []
    own = [piece["text"]] if isinstance(piece.get("text"), str) else []
    return own + [text for value in piece.values() for text in texts(value)]


def markup(piece: Any) -> list[str]:
    """Every text that Slack parses."""
    if isinstance(piece, list):
        return [text for one in piece for text in markup(one)]
    if not isinstance(piece, dict):
        return []
    own = [piece["text"]] if piece.get("type") == "mrkdwn" else []
    return own + [text for value in piece.values() for text in markup(value)]


def _nothing_is_parsed(blocks: list[dict[str, Any]]) -> None:
    for text in markup(blocks):
        assert not TOKEN.search(text), text
    for text in texts(blocks):
        text.encode()
        assert not re.search("[\x00-\x08\u202a-\u202e\u2066-\u2069\u200b]", text)


def _text(data: dict[str, Any]) -> sb.Text:
    assert data["text"]
    if data["type"] == "plain_text":
        assert data["emoji"] is False
    else:
        assert data["verbatim"] is True
    return sb.Text.from_dict(data)


def _block(data: dict[str, Any]) -> Any:
    match data["type"]:
        case "header" | "section":
            _text(data["text"])
            if "accessory" in data:
                _element(data["accessory"])
            return sb.Block.from_dict({k: v for k, v in data.items() if k != "accessory"})
        case "context":
            for element in data["elements"]:
                _text(element)
            return sb.Block.from_dict(data)
        case "divider":
            return sb.Block.from_dict(data)
        case "rich_text":
            return sb.RichTextBlock([_rich(element) for element in data["elements"]])
        case "actions":
            ids = [element["action_id"] for element in data["elements"]]
            assert len(ids) == len(set(ids))
            return sb.ActionsBlock([_element(e) for e in data["elements"]], data["block_id"])
        case "input":
            return sb.InputBlock(
                label=_text(data["label"]),
                element=_element(data["element"]),
                block_id=data["block_id"],
                hint=_text(data["hint"]) if "hint" in data else None,
                optional=data["optional"],
            )
        case "image":
            # slackblocks knows no file in the place of an address.
            assert data.keys() == {"type", "alt_text", "slack_file"}
            assert re.fullmatch("F[A-Z0-9]{8,}", data["slack_file"]["id"])
            address = "https://files.example/picture.png"
            return sb.ImageBlock(address, data["alt_text"])
        case other:
            raise AssertionError(other)


def _rich(data: dict[str, Any]) -> Any:
    assert data["elements"]
    inner = []
    for element in data["elements"]:
        if element["type"] == "link":
            inner.append(RichTextLink(element["url"], element["text"]))
            ours = element["url"].startswith(OUR_CARDS) and element["text"] == wording.OPEN_IT
            assert ours or element["text"] == element["url"]
        else:
            assert element["text"]
            inner.append(RichText(element["text"], **element.get("style", {})))
    match data["type"]:
        case "rich_text_section":
            return RichTextSection(inner)
        case "rich_text_quote":
            return RichTextQuote(inner)
        case "rich_text_preformatted":
            return RichTextCodeBlock(inner)
        case other:
            raise AssertionError(other)


def _option(data: dict[str, Any]) -> sb.Option:
    return sb.Option(text=_text(data["text"]), value=data["value"])


def _element(data: dict[str, Any]) -> Any:
    fields = {key: value for key, value in data.items() if key not in {"type", "confirm"}}
    for key in ("text", "placeholder"):
        if key in fields:
            fields[key] = _text(fields[key])
    if "options" in fields:
        fields["options"] = [_option(one) for one in fields["options"]]
        values = [one["value"] for one in data["options"]]
        assert len(values) == len(set(values))
    if "initial_options" in fields:
        assert all(one in data["options"] for one in data["initial_options"])
        fields["initial_options"] = [_option(one) for one in data["initial_options"]]
    if "initial_option" in fields:
        assert fields["initial_option"] in data["options"]
        fields["initial_option"] = _option(fields["initial_option"])
    if "confirm" in data:
        confirm = {key: _text(data["confirm"][key]) for key in ("title", "text", "confirm", "deny")}
        fields["confirm"] = sb.ConfirmationDialogue(**confirm)
    match data["type"]:
        case "button":
            return sb.Button(**fields)
        case "overflow":
            return sb.OverflowMenu(**fields)
        case "number_input":
            _numbers_in_order(data)
            return sb.NumberInput(**fields)
        case "plain_text_input":
            initial = data.get("initial_value", "")
            assert len(initial) <= data["max_length"]
            assert not initial or len(initial) >= data.get("min_length", 0)
            return sb.PlainTextInput(**fields)
        case "static_select":
            return sb.StaticSelectMenu(**fields)
        case "multi_static_select":
            return sb.StaticMultiSelectMenu(**fields)
        case "users_select":
            return sb.UserSelectMenu(**fields)
        case "datepicker":
            return sb.DatePicker(**fields)
        case "datetimepicker":
            fields["initial_datetime"] = fields.pop("initial_date_time", None)
            return sb.DateTimePicker(**fields)
        case "timepicker":
            return sb.TimePicker(**fields)
        case "radio_buttons":
            return sb.RadioButtonGroup(**fields)
        case "checkboxes":
            return sb.CheckboxGroup(**fields)
        case other:
            raise AssertionError(other)


def _numbers_in_order(data: dict[str, Any]) -> None:
    keys = ("min_value", "initial_value", "max_value")
    given = [float(data[key]) for key in keys if key in data]
    assert given == sorted(given)
    assert not any("e" in data[key] for key in keys if key in data)
