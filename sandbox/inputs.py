"""What Slack's own client checks in a form before the app hears of it."""

import re
from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox import values
from sandbox.limits.elements import is_date, is_time
from sandbox.records import Json, OpenView
from sandbox.refusals import ControlError
from sandbox.workspace import Workspace, elements_of

REQUIRED = "Please complete this required field."
FILE_BYTES = 10 * 1024 * 1024
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")


def remember(workspace: Workspace, open_view: OpenView, given: Json) -> None:
    """Keep what was typed; what no client could have sent is a mistake of the caller."""
    known = {block["block_id"] for block in open_view.view["blocks"] if elements_of(block)}
    unknown = sorted(set(given) - known)
    if unknown:
        raise ControlError("no_such_input", inputs=unknown, known=sorted(known))
    for block in open_view.view["blocks"]:
        if block["type"] == "input" and block["block_id"] in given:
            raw = _found(workspace, block, given[block["block_id"]])
            given = given | {block["block_id"]: raw}
    open_view.typed |= given


def state(open_view: OpenView) -> Json:
    """Build `state.values` from initial values and what was typed."""
    built: Json = {}
    for block in open_view.view["blocks"]:
        for element in elements_of(block):
            if not values.stateful(element):
                continue
            raw = _raw(open_view, block, element)
            try:
                entry = values.state_of(element, raw)
            except values.NoSuchOptionError as missing:
                raise ControlError(
                    "no_such_option", block_id=block["block_id"], value=str(missing)
                ) from None
            built.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return built


def problems(open_view: OpenView) -> dict[str, str]:
    """Return what the client would not let through, by block_id."""
    found = {}
    for block in open_view.view["blocks"]:
        if block.get("type") == "input":
            problem = _problem(block, _raw(open_view, block, block["element"]))
            if problem:
                found[block["block_id"]] = problem
    return found


def _raw(open_view: OpenView, block: Json, element: Json) -> Any:
    typed = open_view.typed
    if block.get("type") == "input":
        return typed.get(block["block_id"], values.initial(element))
    # Elements outside of inputs share a block, so their choices are kept by action as well.
    by_action = typed.get(block["block_id"])
    if isinstance(by_action, dict) and element["action_id"] in by_action:
        return by_action[element["action_id"]]
    return values.initial(element)


def _found(workspace: Workspace, block: Json, raw: Any) -> Any:
    """Look up what was chosen: people and channels must be there, files are sent whole."""
    element, chosen = block["element"], raw if isinstance(raw, list) else [raw]
    kind = values.listed_in(element)
    known: Collection[str] = ()
    if kind is not None:
        people = workspace.people if kind != "channel" else {}
        known = {*people, *(workspace.channels if kind != "user" else {})}
    elif element["type"] == "file_input":
        known = workspace.files.keys()
        chosen = [one["id"] if isinstance(one, dict) else one for one in chosen]
    else:
        return raw
    for one in chosen:
        if one not in (None, "") and one not in known:
            raise ControlError("no_such_option", block_id=block["block_id"], value=str(one))
    if element["type"] == "file_input":
        return [workspace.files[one].as_slack() for one in chosen if one]
    return raw


def _problem(block: Json, raw: Any) -> str | None:
    element = block["element"]
    empty = raw is None or raw == [] or (isinstance(raw, str) and not raw.strip())
    if element["type"] == "rich_text_input" and isinstance(raw, dict):
        empty = not any(text.strip() for text in _texts(raw))
    if empty:
        return None if block.get("optional") else REQUIRED
    match element["type"]:
        case "plain_text_input":
            return _length(element, str(raw))
        case "number_input":
            return _number(element, str(raw))
        case "email_text_input" if not _EMAIL.fullmatch(str(raw)):
            return "Enter a valid email address."
        case "url_text_input" if not _URL.fullmatch(str(raw)):
            return "Enter a valid URL."
        case "datepicker" if not is_date(raw):
            return "Enter a valid date."
        case "timepicker" if not is_time(raw):
            return "Enter a valid time."
        case "datetimepicker" if not re.fullmatch(r"\d{10}", str(raw)):
            return "Enter a valid date and time."
        case "file_input":
            return _files(element, raw)
        case _:
            most = element.get("max_selected_items")
            if most is not None and isinstance(raw, list) and len(raw) > most:
                return f"Please select {most} or fewer."
            return None


def _files(element: Json, files: list[Json]) -> str | None:
    most, kinds = element.get("max_files", 10), element.get("filetypes")
    if len(files) > most:
        return f"Please upload {most} files or fewer."
    if any(file["size"] > FILE_BYTES for file in files):
        return "Please upload files of 10 MB or less."
    if kinds is not None and any(file["filetype"] not in kinds for file in files):
        return f"Please upload files of these types only: {', '.join(kinds)}."
    return None


def _texts(value: Any) -> list[str]:
    """Every text in a rich text block."""
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for item in value.values() for text in _texts(item)]
    return []


def _length(element: Json, raw: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(raw) < least:
        return f"Please use at least {least} characters."
    if len(raw) > most:
        return f"Please use {most} characters or fewer."
    return None


def _number(element: Json, raw: str) -> str | None:
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return "Enter a number."
    if not number.is_finite():
        return "Enter a number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Enter a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and number < Decimal(low):
        return f"Enter a number of at least {low}."
    if high is not None and number > Decimal(high):
        return f"Enter a number of at most {high}."
    return None
