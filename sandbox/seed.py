"""The people, groups and channels a fresh sandbox starts with."""

from sandbox.records import BOT_USER_ID, SLACKBOT_ID, Channel, Person, Usergroup

_PEOPLE = (
    ("U01ALICE", "Alice Adams", "Europe/London", False),
    ("U02BOB", "Bob Brown", "America/New_York", False),
    ("U03CAROL", "Carol Clark", "Europe/Berlin", False),
    ("U04DAVE", "Dave Dunn", "Asia/Tokyo", False),
    ("U05GUEST", "Gus Guest", "Europe/London", True),
)
_CHANNELS = (
    ("C01REV", "reviews"),
    ("C02RND", "second-look"),
    ("C03MONEY", "money"),
    ("C09ADMIN", "pullcord-admin"),
)


def people() -> list[Person]:
    """Five people, our bot, and Slackbot (who speaks when an app does not)."""
    humans = [
        Person(
            id=user_id,
            username=name.split()[0].lower(),
            real_name=name,
            display_name=name.split()[0],
            tz=tz,
            email=f"{name.split()[0].lower()}@sandbox.example",
            is_restricted=guest,
        )
        for user_id, name, tz, guest in _PEOPLE
    ]
    return [
        *humans,
        _bot(BOT_USER_ID, "pullcord", "Pullcord"),
        _bot(SLACKBOT_ID, "slackbot", "Slackbot"),
    ]


def usergroups() -> list[Usergroup]:
    """One group: those who lead billing."""
    leads = ["U01ALICE", "U02BOB"]
    return [Usergroup(id="S01LEADS", handle="billing-leads", name="Billing leads", users=leads)]


def channels() -> list[Channel]:
    """Four public channels with everybody and the bot in them."""
    members = [*(person[0] for person in _PEOPLE), BOT_USER_ID]
    return [Channel(id=id_, name=name, members=list(members)) for id_, name in _CHANNELS]


def _bot(user_id: str, username: str, name: str) -> Person:
    return Person(
        id=user_id, username=username, real_name=name, display_name=name, tz="UTC", is_bot=True
    )
