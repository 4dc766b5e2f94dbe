"""Rich text: sections, lists, quotes and preformatted text."""

from typing import Any

from sandbox.limits.check import Check

_LEAVES: dict[str, tuple[str, ...]] = {
    "text": ("text",),
    "link": ("url",),
    "user": ("user_id",),
    "usergroup": ("usergroup_id",),
    "channel": ("channel_id",),
    "emoji": ("name",),
    "broadcast": ("range",),
    "date": ("timestamp", "format"),
    "color": ("value",),
    "team": ("team_id",),
}
_LEAF_EXTRAS: dict[str, tuple[str, ...]] = {
    "link": ("text", "unsafe"),
    "emoji": ("unicode", "skin_tone"),
    "date": ("url", "fallback"),
}
_STYLES = frozenset(
    {"bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"}
)
_GROUPS: dict[str, tuple[str, ...]] = {
    "rich_text_section": (),
    "rich_text_quote": ("border",),
    "rich_text_preformatted": ("border", "language"),
    "rich_text_list": ("style", "indent", "offset", "border"),
}


def rich_text(check: Check, block: dict[str, Any], at: str) -> None:
    """Check a rich_text block (or a cell of a table)."""
    check.keys(block, at, allowed=("block_id",), needed=("elements",))
    for index, group in enumerate(_elements(check, block, at, least=1)):
        _group(check, group, f"{at}/elements/{index}")


def _group(check: Check, group: object, at: str) -> None:
    if not isinstance(group, dict) or group.get("type") not in _GROUPS:
        check.fail(f"{at}/type", "unsupported type")
        return
    kind = group["type"]
    check.keys(group, at, allowed=_GROUPS[kind], needed=("elements",))
    inner = _elements(check, group, at, least=0)
    if kind != "rich_text_list":
        for index, leaf in enumerate(inner):
            _leaf(check, leaf, f"{at}/elements/{index}")
        return
    if group.get("style") not in {"bullet", "ordered"}:
        check.fail(f"{at}/style", "must be one of: bullet, ordered")
    check.integer(group.get("indent"), f"{at}/indent", least=0, most=8)
    for index, section in enumerate(inner):
        where = f"{at}/elements/{index}"
        if not isinstance(section, dict) or section.get("type") != "rich_text_section":
            check.fail(f"{where}/type", "must be one of: rich_text_section")
        else:
            _group(check, section, where)


def _leaf(check: Check, leaf: object, at: str) -> None:
    if not isinstance(leaf, dict) or leaf.get("type") not in _LEAVES:
        check.fail(f"{at}/type", "unsupported type")
        return
    kind = leaf["type"]
    check.keys(leaf, at, allowed=("style", *_LEAF_EXTRAS.get(kind, ())), needed=_LEAVES[kind])
    # 13,000 is no limit of its own: the total over the message is checked elsewhere.
    check.string(leaf.get("text"), f"{at}/text", least=1, most=13_000)
    check.string(leaf.get("url"), f"{at}/url", least=1, most=3000)
    if kind == "broadcast" and leaf.get("range") not in {"here", "channel", "everyone"}:
        check.fail(f"{at}/range", "must be one of: here, channel, everyone")
    styles = leaf.get("style")
    if styles is not None and check.is_object(styles, f"{at}/style"):
        for key, value in styles.items():
            if key not in _STYLES or not isinstance(value, bool):
                check.fail(f"{at}/style/{key}", "invalid additional property")


def _elements(check: Check, value: dict[str, Any], at: str, *, least: int) -> list[object]:
    if value.get("elements") is None:
        return []
    return check.items(value["elements"], f"{at}/elements", least=least, most=10_000)
