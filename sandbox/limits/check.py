"""The notepad of one validation pass: what is wrong, and where."""

from collections.abc import Collection

from sandbox.records import Json


class Check:
    """Gathers problems instead of stopping at the first, as Slack does."""

    def __init__(self, surface: str) -> None:
        """Check a payload for `surface`: message, modal or home."""
        self.surface = surface
        self.problems: list[str] = []
        self.focused: list[str] = []

    def fail(self, pointer: str, message: str) -> None:
        """Note one problem in Slack's format."""
        self.problems.append(f"{message} [json-pointer:{pointer}]")

    def is_object(self, value: object, at: str) -> bool:
        """Whether `value` is a JSON object; a problem is noted if not."""
        if not isinstance(value, dict):
            self.fail(at, "must be an object")
            return False
        return True

    def keys(
        self, value: Json, at: str, *, allowed: Collection[str], needed: Collection[str] = ()
    ) -> None:
        """Refuse unknown keys and miss the needed ones."""
        for key in value:
            if key != "type" and key not in allowed and key not in needed:
                self.fail(f"{at}/{key}", f"invalid additional property: {key}")
        for key in needed:
            if value.get(key) is None:
                self.fail(at, f"missing required field: {key}")

    def string(self, value: object, at: str, *, most: int, least: int = 0) -> None:
        """Check a plain string's length in characters; None passes (see `keys`)."""
        if value is None:
            return
        if not isinstance(value, str):
            self.fail(at, "must be a string")
        elif len(value) > most:
            self.fail(at, f"must be less than {most + 1} characters")
        elif len(value) < least:
            self.fail(at, f"must be more than {least - 1} characters")

    def integer(self, value: object, at: str, *, least: int, most: int) -> None:
        """Check a whole number's range; None passes."""
        if value is None:
            return
        if not isinstance(value, int) or isinstance(value, bool):
            self.fail(at, "must be an integer")
        elif not least <= value <= most:
            self.fail(at, f"must be between {least} and {most}")

    def flag(self, value: object, at: str) -> None:
        """Check a boolean; None passes."""
        if value is not None and not isinstance(value, bool):
            self.fail(at, "must be a boolean")

    def items(self, value: object, at: str, *, least: int, most: int) -> list[object]:
        """Check a list's length and return it; an empty list when it is none."""
        if not isinstance(value, list):
            self.fail(at, "must be an array")
            return []
        if len(value) < least:
            self.fail(at, f"no fewer than {least} items allowed")
        if len(value) > most:
            self.fail(at, f"no more than {most} items allowed")
        return value
