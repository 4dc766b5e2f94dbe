"""views.*: modals and the Home tab."""

from sandbox.clocks import new_id
from sandbox.files import check_pictures
from sandbox.limits import check_view
from sandbox.records import Json, OpenView
from sandbox.refusals import RefusedError
from sandbox.webapi.call import Call
from sandbox.workspace import Workspace, with_ids


def open_view(call: Call) -> Json:
    """views.open."""
    view = checked(call.workspace, call.json("view", "invalid_arguments"), "modal")
    user = call.workspace.passes.exchange(call.need("trigger_id"))
    return _shown(call.workspace, call.workspace.modals.open(user, view))


def push(call: Call) -> Json:
    """views.push."""
    view = checked(call.workspace, call.json("view", "invalid_arguments"), "modal")
    user = call.workspace.passes.exchange(call.need("trigger_id"))
    return _shown(call.workspace, call.workspace.modals.push(user, view))


def update(call: Call) -> Json:
    """views.update."""
    view = checked(call.workspace, call.json("view", "invalid_arguments"), "modal")
    modals = call.workspace.modals
    found = modals.find(call.text("view_id") or None, call.text("external_id") or None)
    if call.text("hash") and call.text("hash") != found.hash:
        raise RefusedError("hash_conflict")
    modals.update(found, view)
    return _shown(call.workspace, found)


def publish(call: Call) -> Json:
    """views.publish."""
    view = checked(call.workspace, call.json("view", "invalid_arguments"), "home")
    workspace = call.workspace
    user = workspace.person(call.need("user_id")).id
    before = workspace.homes.get(user)
    if call.text("hash") and (before is None or call.text("hash") != before.hash):
        raise RefusedError("hash_conflict")
    stamp = f"{workspace.stamps.next()}.{new_id('', 8)}"
    view_id = before.id if before else new_id("V")
    home = OpenView(id=view_id, user=user, view=view, hash=stamp, root=view_id)
    workspace.homes[user] = home
    return _shown(workspace, home)


def checked(workspace: Workspace, view: object, kind: str) -> Json:
    """Return a view that keeps Slack's limits, with ids where it had none."""
    check_view(view)
    if not isinstance(view, dict) or view["type"] != kind:
        raise RefusedError("invalid_arguments", [f"[ERROR] view must be a {kind}"])
    check_pictures(workspace.files, view["blocks"], "/view/blocks")
    return view | {"blocks": with_ids(view["blocks"])}


def _shown(workspace: Workspace, view: OpenView) -> Json:
    workspace.changes.happened()
    return {"view": view.as_slack()}
