"""Interactive elements: which keys they have, and where they may stand."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from sandbox.limits.check import Check
from sandbox.limits.choices import boxes, listed_select, overflow, static_select
from sandbox.limits.rich_text import rich_text
from sandbox.limits.texts import confirm, style, text

_Element = Callable[[Check, dict[str, Any], str], None]
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_TYPED = ("action_id", "placeholder", "initial_value", "focus_on_load", "dispatch_action_config")
_PICKED = ("action_id", "placeholder", "confirm", "focus_on_load")


def element(check: Check, value: object, at: str, *, home: frozenset[str]) -> str | None:
    """Check one element of a block that accepts the types in `home`; returns its action_id."""
    if not isinstance(value, dict):
        check.fail(at, "must be an object")
        return None
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in _ELEMENTS or kind not in home:
        check.fail(f"{at}/type", f"unsupported type: {kind}")
        return None
    _ELEMENTS[kind](check, value, at)
    if value.get("focus_on_load"):
        check.focused.append(at)
    check.flag(value.get("focus_on_load"), f"{at}/focus_on_load")
    action_id = value.get("action_id")
    check.string(action_id, f"{at}/action_id", least=1, most=255)
    return action_id if isinstance(action_id, str) else None


def image(check: Check, value: dict[str, Any], at: str) -> None:
    """Check what an image block and an image element have in common."""
    check.string(value.get("alt_text"), f"{at}/alt_text", most=2000)
    check.string(value.get("image_url"), f"{at}/image_url", least=1, most=3000)
    if (value.get("image_url") is None) == (value.get("slack_file") is None):
        check.fail(at, "must have either image_url or slack_file")
    file = value.get("slack_file")
    if file is not None and not (
        isinstance(file, dict) and len(file) == 1 and set(file) <= {"id", "url"}
    ):
        check.fail(f"{at}/slack_file", "must have either id or url")


def _image(check: Check, value: dict[str, Any], at: str) -> None:
    check.keys(value, at, allowed=("image_url", "slack_file"), needed=("alt_text",))
    image(check, value, at)


def _button(check: Check, value: dict[str, Any], at: str) -> None:
    allowed = ("action_id", "value", "url", "style", "confirm", "accessibility_label")
    check.keys(value, at, allowed=(*allowed, "visible_to_user_ids"), needed=("text",))
    text(check, value.get("text"), f"{at}/text", most=75)
    check.string(value.get("value"), f"{at}/value", least=1, most=2000)
    check.string(value.get("url"), f"{at}/url", least=1, most=3000)
    label = value.get("accessibility_label")
    check.string(label, f"{at}/accessibility_label", least=1, most=75)
    style(check, value.get("style"), f"{at}/style")
    if value.get("confirm") is not None:
        confirm(check, value["confirm"], f"{at}/confirm")


def _typed(check: Check, value: dict[str, Any], at: str) -> None:
    kind = value["type"]
    more: tuple[str, ...] = ()
    if kind == "plain_text_input":
        more = ("multiline", "min_length", "max_length")
        check.flag(value.get("multiline"), f"{at}/multiline")
        check.integer(value.get("min_length"), f"{at}/min_length", least=0, most=3000)
        check.integer(value.get("max_length"), f"{at}/max_length", least=1, most=3000)
        if (value.get("min_length") or 0) > (value.get("max_length") or 3000):
            check.fail(f"{at}/min_length", "must be less than max_length")
    elif kind == "number_input":
        more = ("is_decimal_allowed", "min_value", "max_value")
        _number(check, value, at)
    check.keys(value, at, allowed=(*_TYPED, *more))
    most = value.get("max_length")
    check.string(
        value.get("initial_value"),
        f"{at}/initial_value",
        most=most if isinstance(most, int) else 3000,
    )
    if value.get("placeholder") is not None:
        text(check, value["placeholder"], f"{at}/placeholder", most=150)
    _dispatch(check, value.get("dispatch_action_config"), f"{at}/dispatch_action_config")


def _number(check: Check, value: dict[str, Any], at: str) -> None:
    if not isinstance(value.get("is_decimal_allowed"), bool):
        check.fail(at, "missing required field: is_decimal_allowed")
    pattern = r"-?\d+(\.\d+)?" if value.get("is_decimal_allowed") else r"-?\d+"
    for key in ("min_value", "max_value", "initial_value"):
        given = value.get(key)
        if given is not None and not (isinstance(given, str) and re.fullmatch(pattern, given)):
            check.fail(f"{at}/{key}", "must be a valid number")


def _dispatch(check: Check, value: object, at: str) -> None:
    if value is None:
        return
    triggers = value.get("trigger_actions_on") if isinstance(value, dict) else None
    for index, item in enumerate(check.items(triggers, at, least=1, most=2)):
        if item not in {"on_enter_pressed", "on_character_entered"}:
            check.fail(f"{at}/trigger_actions_on/{index}", "unsupported value")


def _picker(check: Check, value: dict[str, Any], at: str) -> None:
    initial, valid = {
        "datepicker": ("initial_date", is_date),
        "timepicker": ("initial_time", is_time),
    }[value["type"]]
    more = ("timezone",) if value["type"] == "timepicker" else ()
    check.keys(value, at, allowed=(*_PICKED, initial, *more))
    given = value.get(initial)
    if given is not None and not valid(given):
        check.fail(f"{at}/{initial}", "must be a valid value")
    if value.get("placeholder") is not None:
        text(check, value["placeholder"], f"{at}/placeholder", most=150)
    if value.get("confirm") is not None:
        confirm(check, value["confirm"], f"{at}/confirm")


def is_date(value: object) -> bool:
    """Whether it is a day of the calendar, as 2026-11-24."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_time(value: object) -> bool:
    """Whether it is a time of day, as 16:30."""
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _rich_text_input(check: Check, value: dict[str, Any], at: str) -> None:
    check.keys(value, at, allowed=_TYPED)
    initial = value.get("initial_value")
    if initial is not None and check.is_object(initial, f"{at}/initial_value"):
        rich_text(check, initial, f"{at}/initial_value")
    if value.get("placeholder") is not None:
        text(check, value["placeholder"], f"{at}/placeholder", most=150)
    _dispatch(check, value.get("dispatch_action_config"), f"{at}/dispatch_action_config")


def _file_input(check: Check, value: dict[str, Any], at: str) -> None:
    check.keys(value, at, allowed=("action_id", "filetypes", "max_files"))
    check.integer(value.get("max_files"), f"{at}/max_files", least=1, most=10)
    if value.get("filetypes") is not None:
        listed = check.items(value["filetypes"], f"{at}/filetypes", least=1, most=100)
        for index, item in enumerate(listed):
            check.string(item, f"{at}/filetypes/{index}", least=1, most=20)
    if check.surface != "modal":
        check.fail(f"{at}/type", "unsupported type: file_input")


def _moment(check: Check, value: dict[str, Any], at: str) -> None:
    check.keys(value, at, allowed=("action_id", "confirm", "focus_on_load", "initial_date_time"))
    # Ten digits, says Slack: seconds since 1970.
    check.integer(
        value.get("initial_date_time"),
        f"{at}/initial_date_time",
        least=1_000_000_000,
        most=9_999_999_999,
    )
    if value.get("confirm") is not None:
        confirm(check, value["confirm"], f"{at}/confirm")


_LISTED = tuple(
    f"{multi}{kind}_select"
    for multi in ("", "multi_")
    for kind in ("users", "channels", "conversations")
)
_ELEMENTS: dict[str, _Element] = {
    "image": _image,
    "button": _button,
    "overflow": overflow,
    "static_select": static_select,
    "multi_static_select": static_select,
    "radio_buttons": boxes,
    "checkboxes": boxes,
    "plain_text_input": _typed,
    "number_input": _typed,
    "email_text_input": _typed,
    "url_text_input": _typed,
    "datepicker": _picker,
    "timepicker": _picker,
    "datetimepicker": _moment,
    "rich_text_input": _rich_text_input,
    "file_input": _file_input,
    **dict.fromkeys(_LISTED, listed_select),
}

_MENUS = frozenset({"static_select", "multi_static_select", *_LISTED})
_PICKERS = frozenset({"datepicker", "timepicker", "radio_buttons", "checkboxes"})
IN_ACTIONS = _MENUS | _PICKERS | {"button", "overflow", "datetimepicker"}
IN_SECTION = _MENUS | _PICKERS | {"button", "overflow", "image"}
IN_INPUT = (
    _MENUS
    | _PICKERS
    | {"datetimepicker", "plain_text_input", "number_input", "email_text_input", "url_text_input"}
    | {"rich_text_input", "file_input"}
)
