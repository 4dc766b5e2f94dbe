"""How the sandbox says no, in Slack's own words."""

from collections.abc import Sequence


class RefusedError(Exception):
    """A Web API call that Slack would answer with `ok: false`."""

    def __init__(self, code: str, problems: Sequence[str] = ()) -> None:
        """Remember Slack's code and, for payloads, what is wrong where."""
        super().__init__(code, *problems)
        self.code = code
        self.problems = list(problems)


class ControlError(Exception):
    """A person's move that a real Slack client would not let them make."""

    def __init__(self, code: str, *, status: int = 409, **details: object) -> None:
        """Remember the HTTP status and what else the caller should be told."""
        super().__init__(code)
        self.status = status
        self.answer: dict[str, object] = {"error": code, **details}
