"""What Slack's own client checks in a form before the app hears of it."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox import values
from sandbox.records import Json, OpenView
from sandbox.refusals import ControlError
from sandbox.workspace import elements_of

REQUIRED = "Please complete this required field."
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")


def remember(open_view: OpenView, given: Json) -> None:
    """Keep what was typed; unknown block_ids are a mistake of the caller."""
    known = {block["block_id"] for block in open_view.view["blocks"] if elements_of(block)}
    unknown = sorted(set(given) - known)
    if unknown:
        raise ControlError("no_such_input", inputs=unknown, known=sorted(known))
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


def _problem(block: Json, raw: Any) -> str | None:
    element = block["element"]
    empty = raw is None or raw == [] or (isinstance(raw, str) and not raw.strip())
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
        case _:
            return None


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
