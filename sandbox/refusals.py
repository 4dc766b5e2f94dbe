"""How the sandbox says no, in Slack's own words."""

from collections.abc import Mapping, Sequence


class RefusedError(Exception):
    """A Web API call that Slack would answer with `ok: false`."""

    def __init__(
        self, code: str, problems: Sequence[str] = (), *, details: Mapping[str, str] | None = None
    ) -> None:
        """Remember Slack's code, for payloads what is wrong where, and what else it says."""
        super().__init__(code, *problems)
        self.code = code
        self.problems = list(problems)
        self.details = dict(details or {})


class ControlError(Exception):
    """A person's move that a real Slack client would not let them make."""

    def __init__(self, code: str, *, status: int = 409, **details: object) -> None:
        """Remember the HTTP status and what else the caller should be told."""
        super().__init__(code)
        self.status = status
        self.answer: dict[str, object] = {"error": code, **details}
