"""The named steps of the bot at which it is killed, or stopped, in the middle of its work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

When = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Step:
    """A function of the bot's by its module and name, as its callers look it up."""

    name: str
    module: str
    attribute: str
    when: When
    #: Only what is done with this database passes here.
    database: Literal["sqlite", "postgres"] | None = None


#: In the order in which an escalation passes them.
# fmt: off
STEPS = (
    Step("the question is written, not committed", "bot.usecases.open_escalation", "_open",
         "after"),
    Step("the question is committed, not answered", "handlers.agents.escalations",
         "open_escalation", "after"),
    Step("a card is about to be claimed", "bot.store.messages", "claim", "before"),
    Step("a card is claimed, not committed", "bot.store.messages", "claim", "after"),
    Step("a card is claimed and committed", "bot.usecases.send_card", "_render", "before"),
    Step("a card is drawn", "bot.usecases.send_card", "_render", "after"),
    Step("a card is about to be posted", "bot.senders.slack", "SlackSender.post", "before"),
    Step("Slack has the card, we have no answer kept", "bot.senders.slack", "SlackSender.post",
         "after"),
    Step("the card's place is about to be written", "bot.usecases.send_card", "_settle", "before"),
    Step("the card's place is written, not committed", "bot.usecases.send_card", "_settle",
         "after"),
    Step("a click is read", "handlers.slack.actions", "decide", "before"),
    Step("a decision is about to be written", "bot.usecases.decide", "_cast", "before"),
    Step("a decision is written, not committed", "bot.usecases.decide", "_cast", "after"),
    Step("a decision is committed, not acknowledged", "handlers.slack.actions", "decide", "after"),
    Step("a commit is done, nobody is told", "bot.store.ledger", "Ledger._announce", "before"),
    Step("a decided card is about to be drawn anew", "bot.senders.slack", "SlackSender.update",
         "before"),
    Step("a decided card is drawn anew, not written down", "bot.senders.slack",
         "SlackSender.update", "after"),
    Step("an approval is handed out, not committed", "bot.usecases.redeem", "_redeem", "after"),
    Step("an approval is handed out and committed", "handlers.agents.verbs", "redeem_approval",
         "after"),
    Step("an outcome is written, not committed", "bot.usecases.report_outcome", "_report",
         "after"),
    Step("a deadline is about to be kept", "bot.usecases.advance", "_advance", "before"),
    Step("a deadline is kept, not committed", "bot.usecases.advance", "_advance", "after"),
    Step("a reminder is owed, not committed", "bot.usecases.waiting_steps", "_reminded", "after"),
    Step("a tier is reached, not committed", "bot.usecases.waiting_steps", "raise_to", "after"),
    Step("a click that can be undone is written, not committed", "bot.usecases.decide", "_intend",
         "after"),
    Step("a click counts, not committed", "bot.usecases.settling", "decision_in_time", "after"),
    Step("a withdrawal is written, not committed", "bot.usecases.cancel", "_cancel", "after"),
    Step("a callback is about to be claimed", "bot.store.relays", "claim", "before"),
    Step("a callback is about to be sent", "bot.senders.agent", "AgentSender.deliver", "before"),
    Step("a callback is taken, not written down", "bot.senders.agent", "AgentSender.deliver",
         "after"),
    Step("entries are sealed, not committed", "bot.store.seals", "seal_some", "after"),
    Step("a private word is about to be said", "bot.senders.slack", "SlackSender.whisper",
         "before"),
    Step("a private word is said, not written down", "bot.senders.slack", "SlackSender.whisper",
         "after"),
)
# fmt: on


def named(name: str) -> Step:
    return next(step for step in STEPS if step.name == name)
