"""What only Slack knows: the token, its scopes, the channels and the people of the policy."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.doctor.clocks import look_at_clock
from bot.doctor.lines import note, ok, wrong
from bot.doctor.scopes import HOW_TO_ADD, look_at_scopes
from bot.domain.directory import Directory, Roll
from bot.senders.survey import SurveyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.doctor.lines import Line
    from bot.domain.people import Person
    from bot.policy.book import Book
    from bot.senders.survey import Channel, Hello, SlackSurvey

_NEW_TOKEN = "copy the Bot User OAuth Token once more from OAuth & Permissions of your Slack app"  # noqa: S105
_REINSTALL = "install the app again under OAuth & Permissions, and take its new token"
_TO_DO = {
    "invalid_auth": _NEW_TOKEN,
    "not_authed": _NEW_TOKEN,
    "token_revoked": _REINSTALL,
    "account_inactive": _REINSTALL,
    "token_expired": "token rotation is on, and cannot be switched off again: make the app anew "
    "from manifest.yml",
    "ratelimited": "wait a minute, and try again",
    "channel_not_found": "correct the id; if the channel is private, write /invite @Pullcord in it",
    "user_not_found": "correct the id: it stands under Copy member ID in the person's profile",
    "users_not_found": "correct the address: no account of the workspace has it",
    "no_such_subteam": "correct the id, or switch the usergroup on again in Slack",
    "plan_upgrade_required": "usergroups need a paid plan of Slack: name `users` instead",
    "user_not_visible": "correct the id: this token cannot see that person",
}
_NO_ANSWER = "see whether this machine reaches Slack (SLACK_API_URL, HTTPS_PROXY), and try again"


def to_do(error: SurveyError) -> str:
    """What helps against a word of Slack's."""
    word = str(error)
    if word == "missing_scope":
        return HOW_TO_ADD.format(error.needed or "the scopes of manifest.yml")
    return _TO_DO.get(word, _NO_ANSWER)


async def greet(
    survey: SlackSurvey, machine_now: Callable[[], datetime]
) -> tuple[Hello | None, list[Line]]:
    """Whether Slack knows the token; if it does, its scopes and Slack's clock as well."""
    before = machine_now()
    try:
        hello = await survey.hello()
    except SurveyError as error:
        return None, [wrong(f"Slack: auth.test says {error}", to_do(error))]
    after = machine_now()
    lines = [ok(f"Slack: {hello.user} ({hello.user_id}) in {hello.team} ({hello.team_id})")]
    if not hello.is_bot:
        lines.append(wrong("Slack: SLACK_BOT_TOKEN belongs to a person", _NEW_TOKEN))
    if hello.scopes is not None:
        lines += look_at_scopes(hello.scopes)
    if hello.date is not None:
        lines.append(look_at_clock("Slack", hello.date, before, after))
    return hello, lines


async def look_at_channels(survey: SlackSurvey, places: dict[str, list[str]]) -> list[Line]:
    """Each is there, open, and the bot is in it. `places`: who needs it, by id or `#name`."""
    lines: list[Line] = []
    by_name: dict[str, Channel] = {}
    if any(place.startswith("#") for place in places):
        try:
            by_name = {f"#{channel.name}": channel for channel in await survey.channels()}
        except SurveyError as error:
            lines.append(wrong(f"channels: conversations.list says {error}", to_do(error)))
    for place, needed_by in places.items():
        who = f"channel {place} ({', '.join(needed_by)})"
        if place.startswith("#"):
            if by_name:
                lines += _channel(who, by_name.get(place))
        elif place.startswith("D"):
            lines.append(note(f"{who}: a direct message, not looked at"))
        else:
            try:
                lines += _channel(who, await survey.channel(place))
            except SurveyError as error:
                lines.append(wrong(f"{who}: Slack says {error}", to_do(error)))
    return lines


def _channel(who: str, seen: Channel | None) -> Iterator[Line]:
    if seen is None:
        yield wrong(
            f"{who}: there is none of that name, or it is private",
            "correct the name, or write /invite @Pullcord in it",
        )
    elif seen.is_archived:
        yield wrong(f"{who}: #{seen.name} is archived", "unarchive it, or name another one")
    elif not seen.is_member:
        yield wrong(
            f"{who}: the bot is not in #{seen.name}", "write /invite @Pullcord in that channel"
        )
    else:
        yield ok(f"{who}: the bot is in it, #{seen.name} {seen.id}")
    if seen is not None and seen.is_shared:
        yield note(f"{who}: shared with another company, whose people see the cards too")


async def look_at_people(survey: SlackSurvey, book: Book, team_id: str) -> list[Line]:
    """Each can decide, and there are enough of them on every route."""
    lines: list[Line] = []
    able: set[str] = set()
    directory = await _directory(survey, book, team_id, lines)
    for user_id in sorted(book.people(directory)):
        try:
            person = await survey.person(user_id)
        except SurveyError as error:
            lines.append(wrong(f"person {user_id}: Slack says {error}", to_do(error)))
            continue
        why_not = _why_not(person, team_id)
        if why_not is None:
            able.add(user_id)
        else:
            lines.append(
                wrong(
                    f"person {user_id} ({person.display_name}) {why_not}, and cannot decide",
                    "name somebody else in the policy",
                )
            )
    lines.append(ok(f"people: {len(able)} of the policy can decide"))
    for route in book.routes.values():
        there = len(book.reviewers(route.name, directory) & able) + len(route.keys)
        if there < max(route.approvals, 1):
            lines.append(
                wrong(
                    f"route {route.name}: {route.approvals} approvals needed, and only {there} "
                    "can give one",
                    "name more reviewers, or ask for fewer approvals",
                )
            )
    return lines


async def _directory(survey: SlackSurvey, book: Book, team_id: str, lines: list[Line]) -> Directory:
    """Who belongs to the usergroups and whose the addresses are; what is wrong joins the lines."""
    rolls = {}
    for key in book.rolls():
        what = "e-mail" if "@" in key else "usergroup"
        try:
            if what == "e-mail":
                members = frozenset({(await survey.person_at(key)).id})
            else:
                members = await survey.members(key)
        except SurveyError as error:
            lines.append(wrong(f"{what} {key}: Slack says {error}", to_do(error)))
            continue
        rolls[key] = Roll(key=key, members=members)
    # How old an answer is does not matter here: they are all from now.
    return Directory(now=datetime.min.replace(tzinfo=UTC), team_id=team_id, rolls=rolls)


def _why_not(person: Person, team_id: str) -> str | None:
    if person.bot:
        return "is a bot"
    if person.deleted:
        return "is deactivated"
    if person.guest:
        return "is a guest"
    if person.team_id and team_id and person.team_id != team_id:
        return "is of another workspace"
    return None


async def look_at_socket(survey: SlackSurvey, app_token: str) -> list[Line]:
    """Whether Slack would open a connection for Socket Mode."""
    try:
        await survey.open_socket(app_token)
    except SurveyError as error:
        return [
            wrong(
                f"Socket Mode: apps.connections.open says {error}",
                "under Basic Information make an App-Level Token with the scope "
                "connections:write, and switch Socket Mode on",
            )
        ]
    return [ok("Socket Mode: Slack takes SLACK_APP_TOKEN")]
