"""Text, confirm and option objects: the small parts that blocks are made of."""

from sandbox.limits.check import Check

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")


def text(check: Check, value: object, at: str, *, most: int, kinds: tuple[str, ...] = PLAIN) -> str:
    """Check a text object and return its characters."""
    if not isinstance(value, dict):
        check.fail(at, "must be an object")
        return ""
    if value.get("type") not in kinds:
        check.fail(f"{at}/type", f"must be one of: {', '.join(kinds)}")
    own = {"emoji"} if value.get("type") == "plain_text" else {"verbatim"}
    check.keys(value, at, allowed=own, needed=("text",))
    for key in own:
        check.flag(value.get(key), f"{at}/{key}")
    check.string(value.get("text"), f"{at}/text", least=1, most=most)
    return str(value.get("text", ""))


def confirm(check: Check, value: object, at: str) -> None:
    """Check a confirm dialog."""
    if not isinstance(value, dict):
        check.fail(at, "must be an object")
        return
    check.keys(value, at, allowed=("style",), needed=("title", "text", "confirm", "deny"))
    text(check, value.get("title"), f"{at}/title", most=100)
    text(check, value.get("text"), f"{at}/text", most=300, kinds=ANY_TEXT)
    text(check, value.get("confirm"), f"{at}/confirm", most=30)
    text(check, value.get("deny"), f"{at}/deny", most=30)
    style(check, value.get("style"), f"{at}/style")


def style(check: Check, value: object, at: str) -> None:
    """Check a button's style; there are only two besides none."""
    if value is not None and value not in {"primary", "danger"}:
        check.fail(at, "must be one of: primary, danger")


def option(check: Check, value: object, at: str, *, kinds: tuple[str, ...], url: bool) -> None:
    """Check one option of a select, an overflow menu, radio buttons or checkboxes."""
    if not isinstance(value, dict):
        check.fail(at, "must be an object")
        return
    allowed = ("description", "url") if url else ("description",)
    check.keys(value, at, allowed=allowed, needed=("text", "value"))
    text(check, value.get("text"), f"{at}/text", most=75, kinds=kinds)
    check.string(value.get("value"), f"{at}/value", least=1, most=150)
    check.string(value.get("url"), f"{at}/url", most=3000)
    if value.get("description") is not None:
        text(check, value["description"], f"{at}/description", most=75, kinds=kinds)


def total(value: object) -> int:
    """Count the characters of all text in a list of blocks, which Slack limits together."""
    if isinstance(value, list):
        return sum(total(item) for item in value)
    if not isinstance(value, dict):
        return 0
    return sum(
        len(item) if key == "text" and isinstance(item, str) else total(item)
        for key, item in value.items()
    )
