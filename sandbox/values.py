"""From what a person chose or typed to the shapes Slack sends to apps."""

from typing import Any

from sandbox.records import Json

_LISTED = {
    f"{kind}s_select": (f"selected_{kind}", f"initial_{kind}")
    for kind in ("user", "channel", "conversation")
}
_MULTI_LISTED = {
    f"multi_{kind}s_select": (f"selected_{kind}s", f"initial_{kind}s")
    for kind in ("user", "channel", "conversation")
}
# type → (key in the app's payload, key of the initial value)
ONE = {
    "plain_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    **_LISTED,
}
CHOICE = frozenset({"static_select", "radio_buttons", "overflow"})
CHOICES = frozenset({"multi_static_select", "checkboxes"})


class NoSuchOptionError(Exception):
    """The value is none of the options on offer."""


def options_of(element: Json) -> list[Json]:
    """All options of a select, grouped or not."""
    groups = element.get("option_groups")
    if groups is not None:
        return [option for group in groups for option in group["options"]]
    return list(element.get("options") or [])


def initial(element: Json) -> Any:
    """Return the raw value an element starts with."""
    kind = element["type"]
    if kind in ONE:
        return element.get(ONE[kind][1])
    if kind in CHOICE:
        chosen = element.get("initial_option")
        return chosen["value"] if chosen else None
    if kind in CHOICES:
        return [option["value"] for option in element.get("initial_options") or []]
    if kind in _MULTI_LISTED:
        return list(element.get(_MULTI_LISTED[kind][1]) or [])
    return None


def chosen(element: Json, raw: Any) -> Json:
    """Return the part of a payload that carries the value, e.g. `selected_option`."""
    kind = element["type"]
    if kind in ONE:
        key = ONE[kind][0]
        if raw in (None, ""):
            return {key: None}
        if kind == "rich_text_input":
            return {key: raw if isinstance(raw, dict) else rich_text(str(raw))}
        if kind == "datetimepicker":
            return {key: int(raw) if str(raw).isdecimal() else None}
        return {key: str(raw)}
    if kind in CHOICE:
        return {"selected_option": None if raw in (None, "") else _option(element, str(raw))}
    if kind in CHOICES:
        return {"selected_options": [_option(element, str(one)) for one in _listed(raw)]}
    if kind in _MULTI_LISTED:
        return {_MULTI_LISTED[kind][0]: [str(one) for one in _listed(raw)]}
    if kind == "file_input":
        return {"files": _listed(raw)}
    return {}


def rich_text(typed: str) -> Json:
    """Return what Slack makes of text that was typed without any style."""
    words = {"type": "text", "text": typed}
    section = {"type": "rich_text_section", "elements": [words]}
    return {"type": "rich_text", "elements": [section]}


def listed_in(element: Json) -> str | None:
    """Return what a select lets one choose from: user, channel or conversation."""
    kind = str(element["type"]).removeprefix("multi_").removesuffix("s_select")
    return kind if kind in {"user", "channel", "conversation"} else None


def stateful(element: Json) -> bool:
    """Whether an element has a place in `state.values` (buttons and menus have none)."""
    return element["type"] not in {"button", "overflow", "image"}


def state_of(element: Json, raw: Any) -> Json:
    """Return an element's entry in `state.values`."""
    return {"type": element["type"], **chosen(element, raw)}


def action_of(block: Json, element: Json, raw: Any, action_ts: str) -> Json:
    """Return an entry of `actions` in a block_actions payload."""
    action: Json = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "type": element["type"],
    }
    if element["type"] == "button":
        action |= {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    else:
        action |= chosen(element, raw)
        if "placeholder" in element:
            action["placeholder"] = element["placeholder"]
        action |= {key: element[key] for key in (_initial_key(element),) if key in element}
    return action | {"action_ts": action_ts}


def _initial_key(element: Json) -> str:
    kind = element["type"]
    if kind in ONE:
        return ONE[kind][1]
    return "initial_options" if kind in CHOICES else "initial_option"


def _option(element: Json, value: str) -> Json:
    for option in options_of(element):
        if option["value"] == value:
            return option
    raise NoSuchOptionError(value)


def _listed(raw: Any) -> list[Any]:
    if raw is None:
        return []
    return list(raw) if isinstance(raw, list | tuple) else [raw]
