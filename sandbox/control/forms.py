"""A person works in a modal: clicks, submits, closes."""

from typing import Any

from sandbox import inputs, payloads
from sandbox.activity import TO_APP
from sandbox.box import Box
from sandbox.control.asked import Asked
from sandbox.control.clicks import action_for, check_confirmed, find
from sandbox.delivery import Answer
from sandbox.records import Json, OpenView, Person
from sandbox.refusals import ControlError, RefusedError
from sandbox.webapi.views import checked

TROUBLE = "We had some trouble connecting. Try again?"


async def click(box: Box, asked: Asked) -> Json:
    """Deliver a click inside the visible view; typed values travel along."""
    person, open_view = _visible(box, asked)
    inputs.remember(box.workspace, open_view, asked.get("values") or {})
    found = find(open_view.view["blocks"], asked)
    if found is None:
        raise ControlError("no_such_element", action_id=asked.need("action_id"))
    block, element = found
    check_confirmed(element, asked)
    raw = asked.get("value")
    action = action_for(block, element, raw, box.workspace.stamps.next())
    if block["type"] == "input":
        open_view.typed[block["block_id"]] = raw
    else:
        kept = open_view.typed.setdefault(block["block_id"], {})
        kept[element["action_id"]] = raw
    payload = payloads.view_click(box.workspace, person, open_view, inputs.state(open_view), action)
    summary = f"{person.display_name}: {element['action_id']} in a view"
    return (await box.delivery.interact(payload, summary)).as_json()


async def submit(box: Box, asked: Asked) -> Json:
    """Submit the visible view and do what the app answers."""
    person, open_view = _visible(box, asked)
    inputs.remember(box.workspace, open_view, asked.get("values") or {})
    problems = inputs.problems(open_view)
    if problems:
        raise ControlError("client_validation", errors=problems)
    state = inputs.state(open_view)
    payload = payloads.submission(box.workspace, person, open_view, state)
    summary = f"{person.display_name}: {open_view.view.get('callback_id', '')}"
    answer = await box.delivery.interact(payload, summary)
    open_view.errors, open_view.trouble = {}, None
    action = _follow(box, person, open_view, answer)
    box.workspace.changes.happened()
    return answer.as_json() | {
        "response_action": action,
        "errors": open_view.errors,
        "trouble": open_view.trouble,
    }


async def close(box: Box, asked: Asked) -> Json:
    """Close the visible view (or with `all`, the whole stack); tell the app if it asked."""
    person, open_view = _visible(box, asked)
    cleared = asked.get("all") is True or open_view.view.get("clear_on_close") is True
    stack = box.workspace.modals.stack(person.id)
    gone = list(stack) if cleared else [open_view]
    if cleared:
        box.workspace.modals.clear(person.id)
    else:
        box.workspace.modals.close(person.id)
    box.workspace.changes.happened()
    told: Json = {"status": None}
    for view in gone:
        if view.view.get("notify_on_close"):
            payload = payloads.closed(person, view, cleared=cleared)
            summary = f"{person.display_name}: {view.view.get('callback_id', '')}"
            told = (await box.delivery.interact(payload, summary)).as_json()
    return told


def _visible(box: Box, asked: Asked) -> tuple[Person, OpenView]:
    person = asked.person()
    open_view = box.workspace.modals.top(person.id)
    if open_view is None:
        raise ControlError("no_view_open")
    return person, open_view


def _follow(box: Box, person: Person, open_view: OpenView, answer: Answer) -> str | None:
    """Do what a submission's answer says; anything Slack does not accept is "trouble"."""
    modals = box.workspace.modals
    said = answer.json()
    action: Any = None
    try:
        if not answer.ok or said is None:
            raise RefusedError("no_answer")
        action = said.get("response_action")
        match action:
            case None:
                _remove(box, person, open_view)
            case "clear":
                modals.clear(person.id)
            case "errors":
                open_view.errors = _errors(open_view, said.get("errors"))
            case "update":
                modals.update(open_view, checked(box.workspace, said.get("view"), "modal"))
            case "push":
                modals.push(person.id, checked(box.workspace, said.get("view"), "modal"))
            case _:
                raise RefusedError("invalid_response_action")
    except RefusedError as refused:
        open_view.trouble = TROUBLE
        detail = " · ".join([refused.code, *refused.problems])
        box.workspace.log.add(
            TO_APP, "view_submission answer", status=answer.status, ms=0, summary=detail
        )
        return "trouble"
    return str(action) if action else "close"


def _remove(box: Box, person: Person, open_view: OpenView) -> None:
    stack = box.workspace.modals.stack(person.id)
    if open_view in stack:
        stack.remove(open_view)


def _errors(open_view: OpenView, said: object) -> dict[str, str]:
    """Accept errors only for blocks that are inputs: Slack shows nothing for others."""
    known = {
        block["block_id"] for block in open_view.view["blocks"] if block.get("type") == "input"
    }
    if not isinstance(said, dict) or not said or set(said) - known:
        raise RefusedError("errors_for_unknown_inputs")
    return {str(key): str(value) for key, value in said.items()}
