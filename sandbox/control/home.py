"""A person opens the app's Home tab, and clicks in it."""

from sandbox import events, inputs, payloads
from sandbox.box import Box
from sandbox.control.asked import Asked
from sandbox.control.clicks import action_for, check_confirmed, find
from sandbox.records import Json
from sandbox.refusals import ControlError


async def opened(box: Box, asked: Asked) -> Json:
    """Tell the app that its Home tab is being looked at."""
    person = asked.person()
    event = events.app_home_opened(box.workspace, person, str(asked.get("tab", "home")))
    return (await box.delivery.event(event, person.display_name)).as_json()


async def click(box: Box, asked: Asked) -> Json:
    """Deliver a click on the Home tab: a view's click, so without a response_url."""
    person = asked.person()
    home = box.workspace.homes.get(person.id)
    found = find(home.view["blocks"], asked) if home else None
    if home is None or found is None:
        raise ControlError("no_such_element", action_id=asked.need("action_id"))
    block, element = found
    check_confirmed(element, asked)
    action = action_for(block, element, asked.get("value"), box.workspace.stamps.next())
    inputs.remember(box.workspace, home, asked.get("values") or {})
    state = inputs.state(home)
    payload = payloads.view_click(box.workspace, person, home, state, action)
    summary = f"{person.display_name}: {element['action_id']} on the Home tab"
    return (await box.delivery.interact(payload, summary)).as_json()
