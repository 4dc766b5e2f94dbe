"""The tables, as one picture. Only this room may look at it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.columns import Instant, Json

metadata = MetaData()


def _id() -> Column[str]:
    return Column("id", Text, primary_key=True)


def _escalation(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "escalation_id", Text, ForeignKey("escalation.id"), nullable=False, primary_key=primary_key
    )


escalation = Table(
    "escalation",
    metadata,
    _id(),
    Column("agent", Text, nullable=False),
    Column("owners", Json, nullable=False),
    Column("status", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("category", Text),
    Column("urgency", Text, nullable=False),
    Column("group_key", Text),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("action_digest", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("approvals", Integer, nullable=False),
    Column("valid_for_seconds", Integer, nullable=False),
    Column("rule", Text),
    # The rule that approved it by itself: what `limit:` counts.
    Column("approved_by_rule", Text),
    Column("why", Text),
    Column("handoff", Text, nullable=False),
    Column("request", Json, nullable=False),
    Column("votes", Json, nullable=False),
    Column("proposal", Json),
    Column("redeemed", Json),
    Column("outcome", Json),
    Column("permalink", Text),
    # The `revise`-decided escalation that this one is an alternative to.
    Column("supersedes", Text),
    # The agent's own `traceparent`, for callbacks, the journal and the log.
    Column("trace", Text),
    # True where a callback was asked for: it is looked whether one was owed.
    Column("calls_back", Boolean),
    # What the deadline does, as it was said when it was asked; None: it expires.
    Column("on_timeout", Text),
    # How many of its route's reminders and tiers are behind it.
    Column("reminded", Integer, nullable=False, server_default=text("0")),
    Column("tier", Integer, nullable=False, server_default=text("0")),
    # A click that completes, and can still be taken back.
    Column("intent", Json),
    # The digest that collects it, the slot it was promised, and the slot it went out in.
    Column("digest", Text),
    Column("digest_due", Instant),
    Column("digest_slot", Instant),
    # Who looks at it, who was named, until when nobody is reminded; null while nobody did.
    Column("hands", Json),
    # Who looks at what is open, for the list of what one has taken.
    Column("taken_by", Text),
    # Until when nobody is reminded of what is open, for lists that leave it out.
    Column("snoozed_until", Instant),
    # What people and the agent said to each other; null while nobody did.
    Column("messages", Json),
    # What held for the rest of its run when it was asked; null where nothing did.
    Column("run_guidance", Json),
    # True where the answer of a person is evidence for its category.
    Column("learns", Boolean),
    # A rule decided it at once, either way; null without a category, and where older code wrote it.
    Column("ruled", Boolean),
)
Index("escalation_by_agent", escalation.c.agent, escalation.c.id)
Index("escalation_by_status", escalation.c.status, escalation.c.id)
Index(
    "escalation_open_by_agent",
    escalation.c.agent,
    sqlite_where=text("status = 'open'"),
    postgresql_where=text("status = 'open'"),
)
Index(
    "escalation_by_rule",
    escalation.c.agent,
    escalation.c.approved_by_rule,
    escalation.c.created_at,
    sqlite_where=text("approved_by_rule IS NOT NULL"),
    postgresql_where=text("approved_by_rule IS NOT NULL"),
)
Index(
    "escalation_by_superseded",
    escalation.c.supersedes,
    sqlite_where=text("supersedes IS NOT NULL"),
    postgresql_where=text("supersedes IS NOT NULL"),
)
# What is open is little beside what was ever asked.
Index(
    "escalation_open",
    escalation.c.agent,
    escalation.c.route,
    sqlite_where=text("status = 'open'"),
    postgresql_where=text("status = 'open'"),
)
Index(
    "escalation_calls_back",
    escalation.c.settled_at,
    sqlite_where=text("calls_back"),
    postgresql_where=text("calls_back"),
)
Index("escalation_by_action", escalation.c.action_digest, escalation.c.settled_at)

# One decision an escalation, whatever happens: the second lock behind the guarded update.
decision = Table(
    "decision",
    metadata,
    _id(),
    _escalation(),
    Column("type", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("body", Json, nullable=False),
    # Of what people said of an action or an answer only: for the error rate of its category.
    Column("category", Text),
    Column("agent", Text),
    UniqueConstraint("escalation_id", name="one_decision_an_escalation"),
)

inbound = Table(
    "inbound",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_hash", Text, nullable=False),
    Column("escalation_id", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    _id(),
    Column("at", Instant, nullable=False),
    # None: it concerns the house, not a question.
    Column("escalation_id", Text, ForeignKey("escalation.id")),
    Column("event", Text, nullable=False),
    Column("actor", Json),
    Column("data", Json, nullable=False),
)
Index("journal_by_time", journal.c.at)
Index("journal_by_escalation", journal.c.escalation_id, journal.c.id)

timer = Table(
    "timer",
    metadata,
    _escalation(primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("due_at", Instant, nullable=False),
)
Index("timer_by_time", timer.c.due_at)

# A view of one or more escalations in Slack. `wanted_rev` is raised by whatever changes it;
# `posted_rev` is what stands in Slack. Behind means work.
message = Table(
    "message",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    # Where it came to stand: a channel given as #name is known by its id only afterwards.
    Column("posted_channel", Text),
    Column("ts", Text),
    Column("wanted_rev", Integer, nullable=False),
    Column("posted_rev", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("minimal", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner", Text),
    Column("lease_until", Instant),
    # Set before the first POST and cleared by a clear answer: whoever finds it set must look
    # into the channel before posting again.
    Column("unsure_since", Instant),
    Column("problem", Text),
    # Nothing but votes and small print has changed since `posted_rev`: others go first.
    Column("cosmetic", Boolean, nullable=False, server_default=text("false")),
    # Since when it has not been as it should; means nothing while it is.
    Column("behind_since", Instant),
    # How often it was claimed, ever: with the owner, what a lease is fenced by.
    Column("claims", Integer, nullable=False, server_default=text("0")),
    # The first of its posts whose answers were lost: from there the channel is looked through.
    Column("tried_since", Instant),
    # Since when nothing has worked; and when people were shown it elsewhere for that.
    Column("failing_since", Instant),
    Column("fell_back_at", Instant),
    # Another message that shows the same in the same channel, and is the one to use.
    Column("copy_of", Text),
    # Between these moments it may have been posted more than once; nobody has looked yet.
    Column("doubt_from", Instant),
    Column("doubt_until", Instant),
    # Of a digest message only: the run that it shows.
    Column("digest", Text),
    Column("digest_slot", Instant),
    # Of a review card only: what it asks people to look at; of a session: all that it asks for.
    Column("review_id", Text),
    Column("session_id", Text),
    # Of a weekly report only.
    Column("report_id", Text),
)
Index("message_by_place", message.c.ts)
Index(
    "message_by_review",
    message.c.review_id,
    sqlite_where=text("review_id IS NOT NULL"),
    postgresql_where=text("review_id IS NOT NULL"),
)
Index(
    "message_by_session",
    message.c.session_id,
    sqlite_where=text("session_id IS NOT NULL"),
    postgresql_where=text("session_id IS NOT NULL"),
)
Index(
    "message_by_report",
    message.c.report_id,
    sqlite_where=text("report_id IS NOT NULL"),
    postgresql_where=text("report_id IS NOT NULL"),
)
Index(
    "message_doubtful",
    message.c.doubt_until,
    sqlite_where=text("doubt_until IS NOT NULL"),
    postgresql_where=text("doubt_until IS NOT NULL"),
)
Index(
    "message_behind",
    message.c.due_at,
    sqlite_where=text("posted_rev < wanted_rev"),
    postgresql_where=text("posted_rev < wanted_rev"),
)

message_item = Table(
    "message_item",
    metadata,
    Column("message_id", Text, ForeignKey("message.id"), primary_key=True),
    _escalation(primary_key=True),
)
Index("message_item_by_escalation", message_item.c.escalation_id)

# What else we owe the outside, each its own row: a private word, an alert to the operators.
outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner", Text),
    Column("lease_until", Instant),
    Column("done_at", Instant),
    Column("problem", Text),
)
Index(
    "outbox_due",
    outbox.c.due_at,
    sqlite_where=text("done_at IS NULL"),
    postgresql_where=text("done_at IS NULL"),
)

api_key = Table(
    "api_key",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("scopes", Json, nullable=False),
    Column("owners", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("callback_secret", Boolean),
    Column("callback_hosts", Json),
    Column("last_used_at", Instant),
    Column("successor", Text),
)

person = Table(
    "person",
    metadata,
    _id(),
    Column("display_name", Text, nullable=False),
    Column("team_id", Text),
    Column("email", Text),
    Column("tz", Text),
    Column("deleted", Boolean, nullable=False),
    Column("bot", Boolean, nullable=False),
    Column("guest", Boolean, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    # Raised when Slack tells of a change; behind means that Slack is asked again.
    Column("wanted_rev", Integer, nullable=False, server_default="0"),
    Column("known_rev", Integer, nullable=False, server_default="0"),
)

# Whom Slack counts to a usergroup, or who has an e-mail address; the key is either.
roll = Table(
    "roll",
    metadata,
    Column("key", Text, primary_key=True),
    Column("members", Json, nullable=False),
    Column("problem", Text),
    Column("fetched_at", Instant),
    Column("wanted_rev", Integer, nullable=False, server_default="0"),
    Column("known_rev", Integer, nullable=False, server_default="0"),
)

# One event of an escalation for its agent's own address; the id is the webhook's, for ever.
relay = Table(
    "relay",
    metadata,
    _id(),
    _escalation(),
    Column("agent", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("host", Text, nullable=False),
    # pending, delivered or dead.
    Column("state", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner", Text),
    Column("lease_until", Instant),
    Column("delivered_at", Instant),
    Column("problem", Text),
)
Index(
    "relay_due",
    relay.c.due_at,
    sqlite_where=text("state = 'pending'"),
    postgresql_where=text("state = 'pending'"),
)
Index(
    "relay_dead",
    relay.c.id,
    sqlite_where=text("state = 'dead'"),
    postgresql_where=text("state = 'dead'"),
)
Index("relay_by_escalation", relay.c.escalation_id)

# How an agent's address fares; only those that ever failed have a row.
endpoint = Table(
    "endpoint",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("url", Text, primary_key=True),
    Column("failing_since", Instant),
    Column("disabled_at", Instant),
    Column("why", Text),
)

# How far ahead an agent has used up its rate; only where the policy sets one.
allowance = Table(
    "allowance",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("used_until", Instant, nullable=False),
)

# The chain over the journal: bot/store/seals.py.
seal = Table(
    "seal",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", Text, nullable=False, unique=True),
    Column("entry_at", Instant, nullable=False),
    Column("personal", Text, nullable=False),
    # Forgotten when the person is erased.
    Column("salt", Text),
    Column("hash", Text, nullable=False),
    # The entry was removed when its time was over; the chain goes on over its hash.
    Column("removed", Boolean, nullable=False),
)
Index("seal_by_time", seal.c.entry_at)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

# Which code may go on with this schema: what `migrate` of a newer version leaves for older ones.
schema_compat = Table("schema_compat", metadata, Column("works_since", Text, primary_key=True))

# What one replica does for all, such as asking Slack who people are.
duty = Table(
    "duty",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("lease_until", Instant, nullable=False),
)

# What must be the same everywhere, as the replicas have it: more than one value is a mistake.
in_force = Table(
    "in_force",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

# When each method of Slack's (and for posts, each channel) may be called next.
pace = Table(
    "pace",
    metadata,
    Column("lane", Text, primary_key=True),
    Column("next_at", Instant, nullable=False),
    # Slack itself asked for a rest; what was claimed before it did is not sent either.
    Column("held_until", Instant),
)

# The two queues at Slack's door, each read from its head: first posts, channel by channel, and
# messages that stand and have to be drawn anew.
_FIRST = text("ts IS NULL AND posted_rev < wanted_rev")
Index(
    "message_first",
    message.c.channel,
    message.c.priority.desc(),
    message.c.created_at,
    message.c.id,
    sqlite_where=_FIRST,
    postgresql_where=_FIRST,
)
_STANDING = text("ts IS NOT NULL AND posted_rev < wanted_rev")
Index(
    "message_redraw",
    message.c.cosmetic,
    message.c.due_at,
    sqlite_where=_STANDING,
    postgresql_where=_STANDING,
)
# What the auditor found and the operators were told; a row goes when the trouble has gone.
finding = Table(
    "finding",
    metadata,
    Column("kind", Text, primary_key=True),
    # The process that sees it of itself; empty for what every one of them sees.
    Column("instance", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

# Agents that people have stopped: the circuit breaker. A row stays until every card says so, and
# again until no card does.
paused_agent = Table(
    "paused_agent",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    # None: until somebody ends it.
    Column("until", Instant),
    Column("by", Json, nullable=False),
    # Set when it is over.
    Column("ended_at", Instant),
    # Cards of the agent's questions up to this id have been told; None: all of them.
    Column("told_up_to", Text),
)

# What a person said of themselves; a hint for others, never a question of authority.
person_setting = Table(
    "person_setting",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("away_until", Instant),
    # When they work, and what their Home tab shows of the team's queue; null: they never said.
    Column("working_hours", Json),
    Column("home_filter", Json),
)

# What is open, as people look at it: by urgency and route, and of these what ends first. It holds
# all that counting needs, so that no row is opened for it.
Index(
    "escalation_queue",
    escalation.c.urgency,
    escalation.c.route,
    escalation.c.expires_at,
    escalation.c.id,
    escalation.c.agent,
    # Only so does SQLite see that it need not open the rows.
    escalation.c.status,
    sqlite_where=text("status = 'open'"),
    postgresql_where=text("status = 'open'"),
)

# Of these what a tier has raised, for people whom only the tier asks.
_RAISED = text("status = 'open' AND tier > 0")
Index(
    "escalation_raised",
    escalation.c.urgency,
    escalation.c.route,
    escalation.c.expires_at,
    escalation.c.id,
    escalation.c.tier,
    escalation.c.status,
    sqlite_where=_RAISED,
    postgresql_where=_RAISED,
)
# What sleeps is little; the state is no condition, or SQLite would take another index.
Index(
    "escalation_snoozed",
    escalation.c.urgency,
    escalation.c.route,
    escalation.c.tier,
    escalation.c.category,
    escalation.c.status,
    escalation.c.snoozed_until,
    sqlite_where=text("snoozed_until IS NOT NULL"),
    postgresql_where=text("snoozed_until IS NOT NULL"),
)
# And which categories there are.
Index(
    "escalation_kinds",
    escalation.c.urgency,
    escalation.c.route,
    escalation.c.category,
    escalation.c.expires_at,
    escalation.c.id,
    escalation.c.status,
    sqlite_where=text("status = 'open'"),
    postgresql_where=text("status = 'open'"),
)

# How long a person's first word on a question took.
answer_time = Table(
    "answer_time",
    metadata,
    _id(),
    _escalation(),
    Column("person_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("waited_seconds", Integer, nullable=False),
)
Index(
    "answer_time_by_person",
    answer_time.c.person_id,
    answer_time.c.at,
    answer_time.c.waited_seconds,
)
Index("answer_time_by_escalation", answer_time.c.escalation_id)
Index("answer_time_by_time", answer_time.c.at, answer_time.c.waited_seconds)

# Each slot of a digest that was dealt with, once for all replicas: the key decides who does it.
digest_run = Table(
    "digest_run",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("slot", Instant, primary_key=True),
    Column("made_at", Instant, nullable=False),
    # How many it shows. None: no run, but when the digest was first seen in the policy.
    Column("items", Integer),
    # How many of its time stand on cards of their own instead.
    Column("alone", Integer, nullable=False),
    # The earliest slot that one of them was promised.
    Column("due", Instant),
)
# What waits for a digest is little beside what is open.
_WAITS = text("digest IS NOT NULL AND digest_slot IS NULL AND status = 'open'")
Index(
    "escalation_waits",
    escalation.c.digest,
    escalation.c.digest_due,
    sqlite_where=_WAITS,
    postgresql_where=_WAITS,
)
Index(
    "escalation_taken",
    escalation.c.taken_by,
    sqlite_where=text("taken_by IS NOT NULL"),
    postgresql_where=text("taken_by IS NOT NULL"),
)

Index(
    "escalation_by_run",
    escalation.c.agent,
    escalation.c.group_key,
    escalation.c.id,
    sqlite_where=text("group_key IS NOT NULL"),
    postgresql_where=text("group_key IS NOT NULL"),
)

# What a person said for the rest of a run, with the decision of one of its escalations.
run_guidance = Table(
    "run_guidance",
    metadata,
    _escalation(primary_key=True),
    Column("agent", Text, nullable=False),
    Column("group_key", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("said", Json, nullable=False),
)
Index("run_guidance_by_run", run_guidance.c.agent, run_guidance.c.group_key, run_guidance.c.at)

# What agents did without asking: as they report it, and what a rule approved.
output = Table(
    "output",
    metadata,
    _id(),
    Column("agent", Text, nullable=False),
    # The agent's own id; null for what a rule approved.
    Column("item_id", Text),
    Column("digest", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("agent_version", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("score", Text),
    Column("third", Integer, nullable=False),
    # The coin's chance, exactly; null where none was tossed.
    Column("pi", Text),
    Column("coin", Boolean, nullable=False),
    # What can be unusual about it, how unusual it was, and the reason where people look at it.
    Column("length", BigInteger, nullable=False),
    Column("calls", Json, nullable=False),
    Column("anomaly", Text),
    Column("anomaly_reason", Text),
    Column("re_evaluates", Text),
    Column("escalation_id", Text, ForeignKey("escalation.id")),
    # sample, anomaly or re_evaluation: bot/domain/review.py.
    Column("chosen", Text),
    UniqueConstraint("agent", "item_id", name="one_output_an_item"),
)
Index("output_by_kind", output.c.category, output.c.agent, output.c.agent_version, output.c.id)
Index(
    "output_by_escalation",
    output.c.escalation_id,
    sqlite_where=text("escalation_id IS NOT NULL"),
    postgresql_where=text("escalation_id IS NOT NULL"),
)
Index("output_by_category", output.c.category, output.c.id)
Index(
    "output_again",
    output.c.re_evaluates,
    sqlite_where=text("re_evaluates IS NOT NULL"),
    postgresql_where=text("re_evaluates IS NOT NULL"),
)
Index("output_by_time", output.c.at)

# What a reviewer reads; only of what is put to people.
output_content = Table(
    "output_content",
    metadata,
    Column("output_id", Text, ForeignKey("output.id"), primary_key=True),
    Column("owners", Json, nullable=False),
    Column("body", Json, nullable=False),
)

# How many outputs came: what the reviews of some of them are scaled up to. Several rows count one
# thing, so that replicas need not queue up for a single one.
output_volume = Table(
    "output_volume",
    metadata,
    # By UTC: 2026-11-30.
    Column("day", Text, primary_key=True),
    Column("category", Text, primary_key=True),
    Column("third", Integer, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("outputs", BigInteger, nullable=False),
)

# How many of a day's outputs are reviewed: fixed before its first coin is tossed.
sampling_plan = Table(
    "sampling_plan",
    metadata,
    Column("day", Text, primary_key=True),
    Column("category", Text, primary_key=True),
    # Where the scores are cut into thirds, and the chance in each.
    Column("cuts", Json, nullable=False),
    Column("chances", Json, nullable=False),
    Column("made_at", Instant, nullable=False),
)

# Outputs that people look at one after the other, from one message.
review_session = Table(
    "review_session",
    metadata,
    _id(),
    Column("category", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

# A look at what went out without a person.
review = Table(
    "review",
    metadata,
    _id(),
    # What it is about: either, or an output that came of an escalation.
    Column("escalation_id", Text, ForeignKey("escalation.id")),
    Column("output_id", Text, ForeignKey("output.id")),
    Column("purpose", Text, nullable=False, server_default="audit"),
    Column("second_of", Text),
    Column("category", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    # The digest whose slot it waits for, and the session that shows it then.
    Column("digest", Text),
    Column("due_at", Instant),
    Column("session_id", Text, ForeignKey("review_session.id")),
    Column("skipped", Json, nullable=False),
    Column("verdict", Json),
    # When it was answered, or nobody had.
    Column("ended_at", Instant),
)
_AUDIT = text("purpose = 'audit'")
Index(
    "one_audit_a_case",
    review.c.escalation_id,
    unique=True,
    sqlite_where=_AUDIT,
    postgresql_where=_AUDIT,
)
Index("review_by_escalation", review.c.escalation_id)
Index("review_by_output", review.c.output_id)
Index("review_by_session", review.c.session_id)
Index("review_by_purpose", review.c.purpose, review.c.created_at)
Index(
    "review_open",
    review.c.expires_at,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)
Index("review_by_end", review.c.ended_at, review.c.id)
Index(
    "review_again",
    review.c.second_of,
    sqlite_where=text("second_of IS NOT NULL"),
    postgresql_where=text("second_of IS NOT NULL"),
)
_WAITS_FOR_SLOT = text("digest IS NOT NULL AND session_id IS NULL AND ended_at IS NULL")
Index(
    "review_waits",
    review.c.due_at,
    sqlite_where=_WAITS_FOR_SLOT,
    postgresql_where=_WAITS_FOR_SLOT,
)

# A case that a score might have decided, as it was at its intake. Scores, thresholds and chances
# are text: exact decimals on both databases.
scored_case = Table(
    "scored_case",
    metadata,
    _escalation(primary_key=True),
    Column("category", Text),
    Column("score", Text),
    Column("scorer", Text, nullable=False),
    # rule or person.
    Column("way", Text, nullable=False),
    Column("threshold", Text),
    # Why a person looks at it: bot/domain/scored_case.py.
    Column("held", Text),
    # Of a threshold that is learned: the coin, its chance, and the least chance in its region.
    Column("coin", Text),
    Column("pi", Text),
    Column("pi_min", Text),
    Column("epoch", Text),
    Column("at", Instant, nullable=False),
    # What a learned boundary thought of it: its features, how likely an override was, and by
    # category and score alone; and what its card says, where the boundary held it.
    Column("features", Text),
    Column("p_override", Text),
    Column("p_by_score", Text),
    Column("boundary", Text),
)
Index("scored_case_by_category", scored_case.c.category, scored_case.c.at)

# What people said of such cases, in the order in which it teaches the boundary of their category.
boundary_label = Table(
    "boundary_label",
    metadata,
    Column("category", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("escalation_id", Text, nullable=False),
    # approved, overridden or not_similar.
    Column("said", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

# What has happened to a category that is learned, in its order; and what all of it comes to.
learning_event = Table(
    "learning_event",
    metadata,
    Column("category", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),
)
# A cache: folding the events up to `seq` gives the same to the last bit.
learning_standing = Table(
    "learning_standing",
    metadata,
    Column("category", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("standing", Text, nullable=False),
)
# Who has sent cases of it, and as what: something new may be as good, and nobody knows.
learning_version = Table(
    "learning_version",
    metadata,
    Column("category", Text, primary_key=True),
    Column("agent", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("seen_at", Instant, nullable=False),
)
# What came of each category is counted here, without a look at the rows themselves; new entries
# stand at the end.
Index(
    "escalation_by_category",
    escalation.c.created_at,
    escalation.c.category,
    escalation.c.agent,
    escalation.c.ruled,
    sqlite_where=text("ruled IS NOT NULL"),
    postgresql_where=text("ruled IS NOT NULL"),
)
Index(
    "decision_by_category",
    decision.c.decided_at,
    decision.c.category,
    decision.c.agent,
    decision.c.type,
    sqlite_where=text("category IS NOT NULL"),
    postgresql_where=text("category IS NOT NULL"),
)

# Rules that came from what people decided; never many.
overlay = Table(
    "overlay",
    metadata,
    _id(),
    Column("rule", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("pattern", Json, nullable=False),
    Column("approved", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    # proposed, accepted, declined or revoked.
    Column("state", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Json),
)

# What reviews found wrong, one row a kind of error for ever.
review_finding = Table(
    "review_finding",
    metadata,
    _id(),
    Column("category", Text, nullable=False),
    Column("error_type", Text, nullable=False),
    # Empty where nobody has named it.
    Column("root_cause", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("severity", Text, nullable=False),
    # open, fixed or verified.
    Column("state", Text, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("owner", Json),
    # A date, YYYY-MM-DD.
    Column("due", Text),
    # Who said so, when, and in which words.
    Column("fixed", Json),
    Column("verified", Json),
    UniqueConstraint("category", "error_type", "root_cause", name="one_finding_a_kind"),
)
# Which objections it consists of, and what a second reviewer said of each.
review_finding_case = Table(
    "review_finding_case",
    metadata,
    Column("review_id", Text, ForeignKey("review.id"), primary_key=True),
    Column("finding_id", Text, ForeignKey("review_finding.id"), nullable=False),
    Column("at", Instant, nullable=False),
    # Who looked a second time, and whether they said the same.
    Column("second", Json),
    Column("confirmed", Boolean),
)
Index("review_finding_cases", review_finding_case.c.finding_id, review_finding_case.c.at)
# Each time of the weekly report that was dealt with, once for all replicas: the key decides.
report_run = Table(
    "report_run",
    metadata,
    Column("slot", Instant, primary_key=True, autoincrement=False),
    Column("made_at", Instant, nullable=False),
    # None: no run, but when the policy first had a report.
    Column("report_id", Text),
)
# What a report says, as it was at its time; and how far its pictures have come.
report = Table(
    "report",
    metadata,
    _id(),
    Column("made_at", Instant, nullable=False),
    Column("facts", Json, nullable=False),
    # owed, shared or failed.
    Column("pictures", Text, nullable=False),
    # Slack's ids of the pictures, once it has them; and when they were first about to be shared.
    Column("files", Json),
    Column("tried_at", Instant),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("problem", Text),
)
Index(
    "report_owed",
    report.c.due_at,
    sqlite_where=text("pictures = 'owed'"),
    postgresql_where=text("pictures = 'owed'"),
)
