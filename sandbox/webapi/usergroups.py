"""usergroups.*: the groups of people, read only."""

from sandbox.records import Json
from sandbox.refusals import RefusedError
from sandbox.webapi.call import Call


def list_all(call: Call) -> Json:
    """usergroups.list."""
    users, count = call.flag("include_users"), call.flag("include_count")
    return {
        "usergroups": [
            group.as_slack(users=users, count=count)
            for group in call.workspace.usergroups.values()
            if call.flag("include_disabled") or not group.disabled
        ]
    }


def users_list(call: Call) -> Json:
    """usergroups.users.list."""
    group = call.workspace.usergroups.get(call.need("usergroup"))
    if group is None or (group.disabled and not call.flag("include_disabled")):
        raise RefusedError("no_such_subteam")
    return {"users": list(group.users)}
