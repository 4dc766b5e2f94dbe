"""The whole state of one sandbox: a Slack workspace in memory."""

import time
from collections.abc import Callable
from copy import deepcopy

from sandbox import seed
from sandbox.activity import Log
from sandbox.changes import Changes
from sandbox.clocks import Stamps, new_id
from sandbox.faults import Faults
from sandbox.files import File
from sandbox.installation import Installation
from sandbox.modals import Modals
from sandbox.pacing import Pacing
from sandbox.passes import Passes
from sandbox.records import BOT_USER_ID, Channel, Json, Message, OpenView, Person, Usergroup
from sandbox.refusals import RefusedError

REVISIONS_KEPT = 20


class Workspace:
    """People, channels, messages, modals and the passes between Slack and the app."""

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        """Seed the people and channels; `now` is the clock Slack would have."""
        self.now = now
        self.stamps = Stamps(now)
        self.changes = Changes()
        self.log = Log(now)
        self.faults = Faults()
        self.passes = Passes(now)
        self.modals = Modals(self.stamps)
        self.installation = Installation()
        self.pacing = Pacing(now)
        self.homes: dict[str, OpenView] = {}
        # Each private message as it was shown, replaced ones too.
        self.whispers: list[Json] = []
        self.people: dict[str, Person] = {person.id: person for person in seed.people()}
        self.files: dict[str, File] = {}
        self.usergroups: dict[str, Usergroup] = {one.id: one for one in seed.usergroups()}
        self.channels: dict[str, Channel] = {channel.id: channel for channel in seed.channels()}

    def person(self, user_id: str) -> Person:
        """Find a person, or refuse with `user_not_found`."""
        found = self.people.get(user_id)
        if found is None:
            raise RefusedError("user_not_found")
        return found

    def channel(self, reference: str) -> Channel:
        """Find a channel by id, or by name with or without `#`."""
        found = self.channels.get(reference)
        if found is None:
            name = reference.removeprefix("#")
            found = next((c for c in self.channels.values() if c.name and c.name == name), None)
        if found is None:
            raise RefusedError("channel_not_found")
        if found.is_private and BOT_USER_ID not in found.members:
            # A private channel does not even admit that it exists.
            raise RefusedError("channel_not_found")
        return found

    def writable(self, reference: str) -> Channel:
        """Find a channel the bot may write to; a person's id means their direct messages."""
        if reference in self.people:
            channel = self.direct(reference)
        else:
            channel = self.channel(reference)
        if channel.is_archived:
            raise RefusedError("is_archived")
        if BOT_USER_ID not in channel.members and not (
            "chat:write.public" in self.installation.scopes and not channel.is_private
        ):
            raise RefusedError("not_in_channel")
        return channel

    def shown(self, person: Person) -> Json:
        """Slack's user object as the app may see it: the address needs a scope of its own."""
        email = "users:read.email" in self.installation.scopes
        return person.as_slack(self.now(), email=email)

    def direct(self, user_id: str) -> Channel:
        """Return the direct message channel between the bot and a person."""
        person = self.person(user_id)
        for channel in self.channels.values():
            if channel.partner == person.id:
                return channel
        direct_id = f"D{person.id[1:]}"
        channel = Channel(id=direct_id, members=[person.id, BOT_USER_ID], partner=person.id)
        self.channels[channel.id] = channel
        self.changes.happened()
        return channel

    def message(self, channel: Channel, ts: str) -> Message:
        """Find a message that everybody in the channel sees."""
        found = channel.messages.get(ts)
        if found is None or found.only_for is not None:
            raise RefusedError("message_not_found")
        return found

    def post(
        self,
        channel: Channel,
        user: str,
        *,
        text: str,
        blocks: list[Json],
        metadata: Json | None = None,
        attachments: list[Json] | None = None,
        thread_ts: str | None = None,
        only_for: str | None = None,
    ) -> Message:
        """Put a message into a channel; with `only_for`, an ephemeral one."""
        message = Message(
            ts=self.stamps.next(),
            channel=channel.id,
            user=user,
            text=text,
            blocks=with_ids(blocks),
            metadata=metadata,
            attachments=attachments or [],
            thread_ts=thread_ts,
            only_for=only_for,
        )
        channel.messages[message.ts] = message
        self._whisper(message)
        self.changes.happened()
        return message

    def redraw(self, message: Message, *, text: str, blocks: list[Json]) -> None:
        """Give a message new content; the old blocks stay clickable on slow screens."""
        message.earlier = [*message.earlier, message.blocks][-REVISIONS_KEPT:]
        message.text = text
        message.blocks = with_ids(blocks)
        self._whisper(message)
        self.changes.happened()

    def remove(self, message: Message) -> None:
        """Take a message away."""
        del self.channels[message.channel].messages[message.ts]
        self.changes.happened()

    def _whisper(self, message: Message) -> None:
        if message.only_for is not None:
            self.whispers.append(
                {
                    "user": message.only_for,
                    "channel": message.channel,
                    "ts": message.ts,
                    "text": message.text,
                    "blocks": deepcopy(message.blocks),
                }
            )


def with_ids(blocks: list[Json]) -> list[Json]:
    """Copy blocks, giving ids to blocks and elements that have none, as Slack does."""
    copied = deepcopy(blocks)
    for block in copied:
        if not block.get("block_id"):
            block["block_id"] = new_id("", 5)
        for element in elements_of(block):
            if element.get("type") != "image" and not element.get("action_id"):
                element["action_id"] = new_id("", 5)
    return copied


def elements_of(block: Json) -> list[Json]:
    """Return the elements in a block that a person can use."""
    match block.get("type"):
        case "actions":
            return list(block["elements"])
        case "section" if block.get("accessory"):
            return [block["accessory"]]
        case "input":
            return [block["element"]]
        case _:
            return []
