"""Who has looked at their Home tab lately: only theirs are kept fresh.

A hint and nothing more: of this process only; whoever opens the tab again is known again.
"""

from __future__ import annotations

from dataclasses import dataclass

_LOOKS_SECONDS = 15 * 60.0
#: A tab that stands is looked at again this often.
_AGAIN_SECONDS = 5.0
_MOST = 50
_MOST_FAILURES = 3


@dataclass(slots=True)
class Viewer:
    """One person before their Home tab, and what stands there."""

    id: str
    until: float
    due: float
    shown: str | None = None
    #: Slack's own name for that; None: it is not known what stands there.
    hash: str | None = None
    failures: int = 0


class Viewers:
    """The newest ones, where there are too many."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: dict[str, Viewer] = {}

    def opened(self, person_id: str, now: float, hash_: str | None = None) -> None:
        """They look at it just now, and see what has that hash, where Slack says so."""
        before = self._known.pop(person_id, None)
        if len(self._known) >= self._most:
            del self._known[next(iter(self._known))]
        made = Viewer(person_id, now + _LOOKS_SECONDS, now, hash=hash_)
        if before is not None and hash_ in {None, before.hash}:
            made.shown, made.hash = before.shown, before.hash
        self._known[person_id] = made

    def due(self, now: float) -> list[Viewer]:
        """Whose tab should be looked at again."""
        self._known = {id_: one for id_, one in self._known.items() if one.until > now}
        return [one for one in self._known.values() if one.due <= now]

    def looked(self, viewer: Viewer, shown: str | None, hash_: str | None, now: float) -> None:
        """What stands there now, and its hash; None: it could not be put there."""
        viewer.due, viewer.hash = now + _AGAIN_SECONDS, hash_
        if shown is not None:
            viewer.shown, viewer.failures = shown, 0
            return
        viewer.failures += 1
        if viewer.failures >= _MOST_FAILURES:
            self._known.pop(viewer.id, None)
