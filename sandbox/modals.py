"""Modals: one stack of views a person, three deep at most."""

from sandbox.clocks import Stamps, new_id
from sandbox.records import Json, OpenView
from sandbox.refusals import RefusedError

DEEPEST = 3


class Modals:
    """The views that are open, person by person."""

    def __init__(self, stamps: Stamps) -> None:
        """Make hashes from `stamps`."""
        self._stamps = stamps
        self._stacks: dict[str, list[OpenView]] = {}

    def stack(self, user: str) -> list[OpenView]:
        """Return a person's open views, the visible one last."""
        return self._stacks.setdefault(user, [])

    def top(self, user: str) -> OpenView | None:
        """Return the view a person is looking at."""
        stack = self.stack(user)
        return stack[-1] if stack else None

    def open(self, user: str, view: Json) -> OpenView:
        """Show a first view; whatever was open is gone."""
        self._external(view, None)
        self._stacks[user] = []
        return self._put(user, view)

    def push(self, user: str, view: Json) -> OpenView:
        """Put a view on top of the one that is open."""
        if not self.stack(user):
            raise RefusedError("not_found")
        if len(self.stack(user)) >= DEEPEST:
            raise RefusedError("push_limit_reached")
        self._external(view, None)
        return self._put(user, view)

    def find(self, view_id: str | None, external_id: str | None) -> OpenView:
        """Find an open view by one of its two ids."""
        for stack in self._stacks.values():
            for open_view in stack:
                if view_id and open_view.id == view_id:
                    return open_view
                if external_id and open_view.view.get("external_id") == external_id:
                    return open_view
        raise RefusedError("not_found")

    def update(self, open_view: OpenView, view: Json) -> None:
        """Replace a view's content; what was typed into inputs that remain is kept."""
        self._external(view, open_view)
        before, after = _inputs(open_view.view), _inputs(view)
        open_view.typed = {
            block_id: raw
            for block_id, raw in open_view.typed.items()
            if before.get(block_id) == after.get(block_id)
        }
        open_view.view = view
        open_view.hash = self._hash()
        open_view.errors = {}
        open_view.trouble = None

    def close(self, user: str) -> None:
        """Close the visible view; the one below it comes back."""
        if self.stack(user):
            self.stack(user).pop()

    def clear(self, user: str) -> None:
        """Close them all."""
        self._stacks[user] = []

    def _put(self, user: str, view: Json) -> OpenView:
        stack = self.stack(user)
        view_id = new_id("V")
        open_view = OpenView(
            id=view_id,
            user=user,
            view=view,
            hash=self._hash(),
            root=stack[0].id if stack else view_id,
            previous=stack[-1].id if stack else None,
        )
        stack.append(open_view)
        return open_view

    def _external(self, view: Json, own: OpenView | None) -> None:
        external_id = view.get("external_id")
        for stack in self._stacks.values():
            for other in stack:
                if (
                    external_id
                    and other is not own
                    and other.view.get("external_id") == external_id
                ):
                    raise RefusedError("duplicate_external_id")

    def _hash(self) -> str:
        return f"{self._stamps.next()}.{new_id('', 8)}"


def _inputs(view: Json) -> dict[str, object]:
    return {
        block["block_id"]: block["element"].get("action_id")
        for block in view["blocks"]
        if block.get("type") == "input" and block.get("block_id")
    }
