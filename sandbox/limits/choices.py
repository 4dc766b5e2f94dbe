"""Elements that offer a choice: selects, overflow menus, radio buttons, checkboxes."""

from typing import Any

from sandbox.limits.check import Check
from sandbox.limits.texts import ANY_TEXT, PLAIN, confirm, option, text

_SELECT_KEYS = ("placeholder", "action_id", "confirm", "focus_on_load")
_BOX_TYPES = frozenset({"radio_buttons", "checkboxes"})


def static_select(check: Check, element: dict[str, Any], at: str) -> None:
    """Check `static_select` and `multi_static_select`."""
    multi = element["type"].startswith("multi_")
    initial = ("initial_options", "max_selected_items") if multi else ("initial_option",)
    check.keys(element, at, allowed=(*_SELECT_KEYS, "options", "option_groups", *initial))
    _select_frame(check, element, at)
    groups = element.get("option_groups")
    if (element.get("options") is None) == (groups is None):
        check.fail(at, "must have either options or option_groups")
    if groups is None:
        offered = _options(check, element.get("options"), f"{at}/options", most=100)
    else:
        offered = _groups(check, groups, f"{at}/option_groups")
    _initial(check, element, at, offered)


def listed_select(check: Check, element: dict[str, Any], at: str) -> None:
    """Check the selects whose options Slack itself knows: people and channels."""
    kind = element["type"].removeprefix("multi_").removesuffix("s_select")
    multi = element["type"].startswith("multi_")
    initial = (f"initial_{kind}s", "max_selected_items") if multi else (f"initial_{kind}",)
    more = (
        ("default_to_current_conversation", "response_url_enabled", "filter")
        if kind == "conversation"
        else ("response_url_enabled",)
        if kind == "channel"
        else ()
    )
    check.keys(element, at, allowed=(*_SELECT_KEYS, *initial, *more))
    _select_frame(check, element, at)


def overflow(check: Check, element: dict[str, Any], at: str) -> None:
    """Check the menu behind the three dots."""
    check.keys(element, at, allowed=("action_id", "confirm"), needed=("options",))
    _options(check, element.get("options"), f"{at}/options", most=5, url=True)
    if element.get("confirm") is not None:
        confirm(check, element["confirm"], f"{at}/confirm")


def boxes(check: Check, element: dict[str, Any], at: str) -> None:
    """Check `radio_buttons` and `checkboxes`."""
    initial = "initial_option" if element["type"] == "radio_buttons" else "initial_options"
    allowed = ("action_id", "confirm", "focus_on_load", initial)
    check.keys(element, at, allowed=allowed, needed=("options",))
    offered = _options(check, element.get("options"), f"{at}/options", most=10, kinds=ANY_TEXT)
    if element.get("confirm") is not None:
        confirm(check, element["confirm"], f"{at}/confirm")
    _initial(check, element, at, offered)


def _select_frame(check: Check, element: dict[str, Any], at: str) -> None:
    if element.get("placeholder") is not None:
        text(check, element["placeholder"], f"{at}/placeholder", most=150)
    if element.get("confirm") is not None:
        confirm(check, element["confirm"], f"{at}/confirm")
    check.integer(
        element.get("max_selected_items"), f"{at}/max_selected_items", least=1, most=10_000
    )


def _options(
    check: Check,
    value: object,
    at: str,
    *,
    most: int,
    kinds: tuple[str, ...] = PLAIN,
    url: bool = False,
) -> list[object]:
    if value is None:
        return []
    found = check.items(value, at, least=1, most=most)
    for index, item in enumerate(found):
        option(check, item, f"{at}/{index}", kinds=kinds, url=url)
    return found


def _groups(check: Check, value: object, at: str) -> list[object]:
    offered: list[object] = []
    for index, group in enumerate(check.items(value, at, least=1, most=100)):
        where = f"{at}/{index}"
        if not isinstance(group, dict):
            check.fail(where, "must be an object")
            continue
        check.keys(group, where, allowed=(), needed=("label", "options"))
        text(check, group.get("label"), f"{where}/label", most=75)
        offered += _options(check, group.get("options"), f"{where}/options", most=100)
    return offered


def _initial(check: Check, element: dict[str, Any], at: str, offered: list[object]) -> None:
    """Slack refuses an initial choice that is not, word for word, one of the options."""
    chosen = element.get("initial_options")
    if chosen is not None:
        for index, item in enumerate(
            check.items(chosen, f"{at}/initial_options", least=1, most=100)
        ):
            if item not in offered:
                check.fail(f"{at}/initial_options/{index}", "must be one of the options")
    one = element.get("initial_option")
    if one is not None and one not in offered:
        check.fail(f"{at}/initial_option", "must be one of the options")
