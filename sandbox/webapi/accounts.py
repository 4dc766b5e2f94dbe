"""auth.*, users.* and team.*: who is here, and who is calling."""

from sandbox.records import APP_ID, BOT_ID, BOT_USER_ID, TEAM_DOMAIN, TEAM_ID, Json, Person
from sandbox.refusals import RefusedError
from sandbox.webapi.call import Call
from sandbox.webapi.pages import page_of


def auth_test(call: Call) -> Json:
    """auth.test."""
    return {
        "url": call.base_url,
        "team": "Sandbox",
        "user": "pullcord",
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "app_name": "Pullcord",
        "is_enterprise_install": False,
    }


def api_test(call: Call) -> Json:
    """api.test."""
    if call.text("error"):
        raise RefusedError(call.text("error"))
    return {"args": {key: value for key, value in call.args.items() if key != "token"}}


def users_info(call: Call) -> Json:
    """users.info."""
    person = call.workspace.person(call.need("user"))
    return {"user": call.workspace.shown(person)}


def users_list(call: Call) -> Json:
    """users.list."""
    now = call.workspace.now()
    page, more = page_of(call, list(call.workspace.people.values()))
    return {
        "members": [call.workspace.shown(person) for person in page],
        "cache_ts": int(now),
        **more,
    }


def users_lookup(call: Call) -> Json:
    """users.lookupByEmail."""
    email = call.need("email").lower()
    for person in call.workspace.people.values():
        if person.email.lower() == email and not person.deleted:
            return {"user": call.workspace.shown(person)}
    raise RefusedError("users_not_found")


def users_presence(call: Call) -> Json:
    """users.getPresence: of others, only this one word."""
    person = call.workspace.person(call.text("user", BOT_USER_ID))
    return {"presence": "away" if person.deleted else person.presence}


def dnd_info(call: Call) -> Json:
    """dnd.info: `dnd_enabled` means a plan, not that it is quiet now."""
    person, now = call.workspace.person(call.text("user", BOT_USER_ID)), call.workspace.now()
    snoozing = now < person.snooze_endtime
    snooze = {
        "snooze_enabled": True,
        "snooze_endtime": person.snooze_endtime,
        "snooze_remaining": int(person.snooze_endtime - now),
        "snooze_is_indefinite": False,
    }
    return _plan(person) | (snooze if snoozing else {"snooze_enabled": False})


def dnd_team(call: Call) -> Json:
    """dnd.teamInfo: the plans of several people; unknown ones are left out."""
    asked = [user for user in call.text("users").replace(" ", "").split(",") if user]
    if not asked:
        raise RefusedError("no_users_provided")
    people = call.workspace.people
    return {"users": {user: _plan(people[user]) for user in asked if user in people}}


def _plan(person: Person) -> Json:
    return {
        "dnd_enabled": person.dnd_enabled,
        "next_dnd_start_ts": person.next_dnd_start_ts,
        "next_dnd_end_ts": person.next_dnd_end_ts,
    }


def team_info(_: Call) -> Json:
    """team.info."""
    return {"team": {"id": TEAM_ID, "name": "Sandbox", "domain": TEAM_DOMAIN}}


def bots_info(call: Call) -> Json:
    """bots.info."""
    if call.text("bot", BOT_ID) != BOT_ID:
        raise RefusedError("bot_not_found")
    return {
        "bot": {
            "id": BOT_ID,
            "deleted": False,
            "name": "Pullcord",
            "updated": int(call.workspace.now()),
            "app_id": APP_ID,
            "user_id": BOT_USER_ID,
        }
    }
