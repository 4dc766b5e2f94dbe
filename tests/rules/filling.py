"""Forms as Slack sends them back: untouched, or with something typed into them."""

from __future__ import annotations

from typing import Any

_STATES = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}


def inputs(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The input blocks by their labels."""
    return {b["label"]["text"]: b for b in view["blocks"] if b["type"] == "input"}


def untouched(view: dict[str, Any]) -> dict[str, Any]:
    """What Slack sends back when somebody presses the button without touching anything."""
    return filled(view, {})


def filled(view: dict[str, Any], by_label: dict[str, Any]) -> dict[str, Any]:
    """The same with answers: a text, the label of an option or a list of them, a day, seconds."""
    values: dict[str, Any] = {}
    left = dict(by_label)
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        key, initial = _STATES[element["type"]]
        answer = element.get(initial, [] if key == "selected_options" else None)
        if block["label"]["text"] in left:
            answer = _chosen(element, left.pop(block["label"]["text"]))
        state = {"type": element["type"], key: answer}
        values[block["block_id"]] = {element["action_id"]: state}
    assert not left, f"no such inputs: {list(left)}"
    return values


def as_sent(view: dict[str, Any], values: Any) -> Any:
    """Values by block id, their states moved under the action ids of the view's inputs."""
    if not isinstance(values, dict):
        return values
    ids = {b["block_id"]: b["element"]["action_id"] for b in view["blocks"] if "element" in b}
    return {
        block_id: {
            ids[block_id]: block["input"],
            **{k: v for k, v in block.items() if k != "input"},
        }
        if isinstance(block, dict) and "input" in block and block_id in ids
        else block
        for block_id, block in values.items()
    }


def _chosen(element: dict[str, Any], answer: Any) -> Any:
    options = {one["text"]["text"]: one for one in element.get("options", [])}
    if element["type"] in {"static_select", "radio_buttons"}:
        return None if answer is None else options[answer]
    if element["type"] in {"multi_static_select", "checkboxes"}:
        return [options[one] for one in answer]
    return answer
