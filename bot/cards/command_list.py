"""What can be written behind `/pullcord`: help, the manifest and the how-to all follow from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """`usage` is what is written, `does` what comes of it; the first word is its name."""

    usage: str
    does: str
    #: Only the policy's admins may.
    admins: bool = False

    @property
    def name(self) -> str:
        return self.usage.split()[0]


#: In the order in which they are needed.
COMMANDS = (
    Command("status", "how many questions wait, how long, and whether all works"),
    Command("queue [mine|all|urgent|ROUTE]", "what waits, the urgent first; without a word: yours"),
    Command("show ID…", "questions as they stand now"),
    Command("why ID", "who was asked, and all that happened to a question"),
    Command("take ID…", "you look at it, and the card says so; `release ID…` lets it go"),
    Command("release ID…", "you no longer look at it, and are no longer the one named"),
    Command("snooze ID… 30m|1h|tomorrow [9am]|14:30", "nobody is reminded until then"),
    Command("assign ID… @person", "the card names them, and they get a message"),
    Command("escalate ID…", "the next people are asked at once, or it becomes urgent"),
    Command("who [ROUTE] [now|tomorrow 9am]", "who is asked, and who is away"),
    Command("oncall", "who is on call; the groups of the policy, until there are schedules"),
    Command("away 2h", "others see that you are away; `away off` when you are back"),
    Command("digest [NAME] now", "what could wait comes now; without a name, this channel's"),
    Command("stats [CATEGORY]", "what became of the questions of the last seven days"),
    Command(
        "findings [CATEGORY|mine|ID]", "what reviews found wrong, who mends it, and whether it is"
    ),
    Command("pause AGENT [1h]", "stop an agent: it asks nothing new and runs nothing", admins=True),
    Command("resume AGENT", "let it go on", admins=True),
    Command("dead", "callbacks that were given up", admins=True),
    Command("replay ID…", "send them again", admins=True),
    Command("doctor", "whether everything is as it should be"),
    Command("help", "this list"),
)


def usage_hint() -> str:
    """For the manifest: Slack shows it while somebody types."""
    return " | ".join(one.usage for one in COMMANDS)
