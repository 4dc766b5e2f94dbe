"""Blocks: what each may hold, and on which surface it may stand."""

from collections.abc import Callable
from typing import Any

from sandbox.limits.check import Check
from sandbox.limits.elements import IN_ACTIONS, IN_INPUT, IN_SECTION, element, image
from sandbox.limits.rich_text import rich_text
from sandbox.limits.texts import ANY_TEXT, text

_Block = Callable[[Check, dict[str, Any], str], None]
_MESSAGE_ONLY = frozenset({"markdown"})
_NOT_IN_MODALS = frozenset({"table"})
MARKDOWN_TOTAL = 12_000


def blocks(check: Check, value: object, at: str, *, most: int) -> None:
    """Check a list of blocks, and that no block_id stands twice."""
    seen: set[str] = set()
    markdown = 0
    for index, item in enumerate(check.items(value, at, least=0, most=most)):
        where = f"{at}/{index}"
        if not isinstance(item, dict):
            check.fail(where, "must be an object")
            continue
        _block(check, item, where)
        block_id = item.get("block_id")
        check.string(block_id, f"{where}/block_id", most=255)
        if isinstance(block_id, str) and block_id:
            if block_id in seen:
                check.fail(f"{where}/block_id", f"block_id already exists: {block_id}")
            seen.add(block_id)
        if item.get("type") == "markdown":
            markdown += len(str(item.get("text", "")))
    if markdown > MARKDOWN_TOTAL:
        check.fail(at, f"markdown text must be less than {MARKDOWN_TOTAL + 1} characters in all")
    if len(check.focused) > 1:
        check.fail(check.focused[1], "only one element may have focus_on_load")


def _block(check: Check, block: dict[str, Any], at: str) -> None:
    kind = block.get("type")
    wrong_place = (kind in _MESSAGE_ONLY and check.surface != "message") or (
        kind in _NOT_IN_MODALS and check.surface == "modal"
    )
    if not isinstance(kind, str) or kind not in _BLOCKS or wrong_place:
        check.fail(f"{at}/type", f"unsupported type: {kind}")
        return
    _BLOCKS[kind](check, block, at)


def _section(check: Check, block: dict[str, Any], at: str) -> None:
    check.keys(block, at, allowed=("block_id", "text", "fields", "accessory", "expand"))
    if block.get("text") is None and block.get("fields") is None:
        check.fail(at, "missing required field: text or fields")
    if block.get("text") is not None:
        text(check, block["text"], f"{at}/text", most=3000, kinds=ANY_TEXT)
    if block.get("fields") is not None:
        for index, item in enumerate(
            check.items(block["fields"], f"{at}/fields", least=1, most=10)
        ):
            text(check, item, f"{at}/fields/{index}", most=2000, kinds=ANY_TEXT)
    if block.get("accessory") is not None:
        element(check, block["accessory"], f"{at}/accessory", home=IN_SECTION)


def _header(check: Check, block: dict[str, Any], at: str) -> None:
    check.keys(block, at, allowed=("block_id",), needed=("text",))
    text(check, block.get("text"), f"{at}/text", most=150)


def _context(check: Check, block: dict[str, Any], at: str) -> None:
    check.keys(block, at, allowed=("block_id",), needed=("elements",))
    inner = check.items(block.get("elements"), f"{at}/elements", least=1, most=10)
    for index, item in enumerate(inner):
        where = f"{at}/elements/{index}"
        if isinstance(item, dict) and item.get("type") == "image":
            element(check, item, where, home=frozenset({"image"}))
        else:
            text(check, item, where, most=3000, kinds=ANY_TEXT)


def _actions(check: Check, block: dict[str, Any], at: str) -> None:
    check.keys(block, at, allowed=("block_id",), needed=("elements",))
    seen: set[str] = set()
    inner = check.items(block.get("elements"), f"{at}/elements", least=1, most=25)
    for index, item in enumerate(inner):
        where = f"{at}/elements/{index}"
        action_id = element(check, item, where, home=IN_ACTIONS)
        if action_id is not None:
            if action_id in seen:
                check.fail(f"{where}/action_id", f"action_id already exists: {action_id}")
            seen.add(action_id)


def _divider(check: Check, block: dict[str, Any], at: str) -> None:
    check.keys(block, at, allowed=("block_id",))


def _input(check: Check, block: dict[str, Any], at: str) -> None:
    allowed = ("block_id", "hint", "optional", "dispatch_action")
    check.keys(block, at, allowed=allowed, needed=("label", "element"))
    text(check, block.get("label"), f"{at}/label", most=2000)
    if block.get("hint") is not None:
        text(check, block["hint"], f"{at}/hint", most=2000)
    check.flag(block.get("optional"), f"{at}/optional")
    check.flag(block.get("dispatch_action"), f"{at}/dispatch_action")
    if block.get("element") is not None:
        element(check, block["element"], f"{at}/element", home=IN_INPUT)


def _image(check: Check, block: dict[str, Any], at: str) -> None:
    allowed = ("block_id", "image_url", "slack_file", "title")
    check.keys(block, at, allowed=allowed, needed=("alt_text",))
    image(check, block, at)
    if block.get("title") is not None:
        text(check, block["title"], f"{at}/title", most=2000)


def _markdown(check: Check, block: dict[str, Any], at: str) -> None:
    check.keys(block, at, allowed=("block_id",), needed=("text",))
    check.string(block.get("text"), f"{at}/text", least=1, most=MARKDOWN_TOTAL)


def _table(check: Check, block: dict[str, Any], at: str) -> None:
    check.keys(block, at, allowed=("block_id", "column_settings"), needed=("rows",))
    for row, cells in enumerate(check.items(block.get("rows"), f"{at}/rows", least=1, most=100)):
        for column, cell in enumerate(check.items(cells, f"{at}/rows/{row}", least=1, most=20)):
            _cell(check, cell, f"{at}/rows/{row}/{column}")
    settings = block.get("column_settings")
    if settings is None:
        return
    for index, item in enumerate(check.items(settings, f"{at}/column_settings", least=0, most=20)):
        where = f"{at}/column_settings/{index}"
        # A null keeps the column as it would be.
        if isinstance(item, dict):
            check.keys(item, where, allowed=("align", "is_wrapped"))
            check.flag(item.get("is_wrapped"), f"{where}/is_wrapped")
            if item.get("align") not in {None, "left", "center", "right"}:
                check.fail(f"{where}/align", "must be one of: left, center, right")
        elif item is not None:
            check.fail(where, "must be an object")


def _cell(check: Check, cell: object, at: str) -> None:
    if not isinstance(cell, dict):
        check.fail(at, "must be an object")
    elif cell.get("type") == "rich_text":
        rich_text(check, cell, at)
    elif cell.get("type") == "raw_text":
        check.keys(cell, at, allowed=(), needed=("text",))
        check.string(cell.get("text"), f"{at}/text", least=1, most=3000)
    elif cell.get("type") == "raw_number":
        check.keys(cell, at, allowed=("text",), needed=("value",))
        value = cell.get("value")
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            check.fail(f"{at}/value", "must be a number")
    else:
        check.fail(f"{at}/type", f"unsupported type: {cell.get('type')}")


_BLOCKS: dict[str, _Block] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
    "input": _input,
    "rich_text": rich_text,
    "image": _image,
    "markdown": _markdown,
    "table": _table,
}
