"""Faults on order: the calls that shall fail, and how."""

from dataclasses import dataclass

from sandbox.records import Json


@dataclass(kw_only=True)
class Fault:
    """One way in which calls of a method go wrong."""

    method: str
    times: int = 1
    match: str = ""
    error: str | None = None
    status: int | None = None
    retry_after: int | None = None
    # Carry the call out first: the caller cannot know that it worked.
    after: bool = False
    drop: bool = False
    delay: float = 0.0

    @property
    def answers(self) -> bool:
        """Whether it takes the place of the real answer (a mere delay does not)."""
        return self.drop or bool(self.error or self.status or self.retry_after is not None)

    def as_json(self) -> Json:
        """What is still to come of it."""
        return {key: value for key, value in vars(self).items() if value not in (None, "", 0.0)}


class Faults:
    """A queue of faults; the first that fits a call is used."""

    def __init__(self) -> None:
        """Start without any."""
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Order a fault."""
        self.waiting.append(fault)

    def clear(self) -> None:
        """Cancel all that is left."""
        self.waiting.clear()

    def take(self, method: str, body: str) -> Fault | None:
        """Use up one turn of the first fault that fits."""
        for fault in self.waiting:
            if fault.method in {method, "*"} and fault.match in body:
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None
