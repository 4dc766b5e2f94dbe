"""What the reference says beside what the code knows: one sentence a setting, a code, a key."""

from __future__ import annotations

from bot.policy.presets import PRESETS

SETTINGS = {
    "SLACK_BOT_TOKEN": "The `xoxb-…` token of your Slack app. Needed by `serve`.",
    "SLACK_SIGNING_SECRET": (
        "The secret with which Slack signs what it sends over HTTP. "
        "`serve` needs it, or `SLACK_APP_TOKEN`; without it `/slack/events` is 404. "
        "During a rotation, several separated by commas: each of them is accepted."
    ),
    "SLACK_APP_TOKEN": (
        "An app-level token, `xapp-…`, with the scope `connections:write`. "
        "Set, it means Socket Mode: Slack delivers over a connection that the bot opens."
    ),
    "SLACK_API_URL": (
        "The base of Slack's Web API; it ends in `/`. Change it only to use the sandbox."
    ),
    "PULLCORD_DATABASE_URL": (
        "`sqlite:///FILE` or `postgresql://user:password@host/name`. "
        "A driver in the address is accepted and ignored. Options of libpq stand behind a `?`, "
        "such as `?sslmode=require`; a wrong or unknown one stops the start."
    ),
    "PULLCORD_POLICY_FILE": (
        "The policy: who is asked, and what is decided by rule. A changed file is in force within "
        "5 seconds, or on SIGHUP; a wrong one changes nothing, and is told in the admin channel."
    ),
    "PULLCORD_HOST": "The address to listen on.",
    "PULLCORD_PORT": "The port to listen on; 0 takes any free one.",
    "PULLCORD_DRAIN_SECONDS": (
        "How long a stop goes on serving, with `/readyz` at 503, before it closes the door: longer "
        "than your balancer needs to notice. At most 300; 0 where nothing stands before the bot."
    ),
    "PULLCORD_SECRET": (
        "At least 16 characters. What is stored of API keys cannot be used without it. "
        "Several separated by commas: the first is current, keys made under the others still work. "
        "Required on PostgreSQL; on SQLite one is made beside the database, "
        "in a file that ends in `.secret`. Part of the backup."
    ),
    "PULLCORD_ADMIN_CHANNEL": (
        "A channel's id, or its `#name`, for trouble that the operators should know of. "
        "Without it such trouble stands in the log only."
    ),
    "PULLCORD_CALLBACK_ALLOW": (
        "Networks such as `10.0.0.0/8`, separated by commas, that callbacks may reach although "
        "they are private, and by plain http. Without it only public addresses are reached."
    ),
    "PULLCORD_AUDIT_CHANNEL": (
        "A channel's id, or its `#name`, where a checkpoint of the sealed journal is posted each "
        "hour: a witness outside of the database."
    ),
    "PULLCORD_HEARTBEAT_URL": (
        "An address that is asked for (GET) each minute while the auditor finds nothing wrong, "
        "for a watch that worries when it hears nothing. It is never logged."
    ),
    "PULLCORD_RETENTION": (
        "How long settled escalations are kept, such as `365d`; at least `30d`. "
        "Without it nothing is ever removed."
    ),
    "PULLCORD_LOG": "`console` or `json`.",
    "PULLCORD_PACE": (
        "How fast Slack is called, as a multiple of what Slack allows. Leave it at 1; a stand-in "
        "for Slack may take more, and 0 means without any limit."
    ),
}

#: Where the default is not a plain value of the class.
DEFAULTS = {
    "PULLCORD_SECRET": "made beside SQLite",
    "PULLCORD_CALLBACK_ALLOW": "–",
    "PULLCORD_LOG": "`console` on a terminal, else `json`",
}

#: code → what to do about it.
ERRORS = {
    "malformed_json": "Send the body as JSON in UTF-8. `detail` names the line and the column.",
    "idempotency_key_required": (
        "Send one `Idempotency-Key` of 1 to 255 printable characters: "
        "the same for every try of one question, another for another question."
    ),
    "bad_request": "Something between the agent and Pullcord speaks broken HTTP. Look there.",
    "unauthorized": (
        "Send a live key as `Authorization: Bearer pc_…`. "
        "`keys list` shows which keys are revoked or expired."
    ),
    "forbidden": "Make a key with the scope that `detail` names, or let the route list this key.",
    "own_escalation": "Let another key, or a person, decide.",
    "not_found": (
        "Check the id and the address. Another agent's escalation is not found either: "
        "an agent is the NAME of its key."
    ),
    "method_not_allowed": "The header `Allow` names the methods of this address.",
    "already_settled": (
        "Read the escalation: somebody was faster, or time ran out. There is nothing to repeat."
    ),
    "decision_pending": (
        "A person has decided, and can take it back for some seconds. Read the escalation after "
        "that; only a rejection counts meanwhile."
    ),
    "already_redeemed": "Do not run the action: another redeemer was handed this approval.",
    "digest_mismatch": (
        "Run only `effective` of the decision, or look at the action again before voting. "
        "Nothing was used up."
    ),
    "nothing_to_run": "Do not run anything. `detail` says whether it is open, refused or over.",
    "outcome_recorded": "The first report stays. Find out who sent it.",
    "rate_limited": (
        "Wait as `Retry-After` says and send the same key and body again; `RateLimit` tells how "
        "much is left. With too many open questions, cancel what is no longer needed."
    ),
    "agent_paused": (
        "People have stopped this agent. Send the same again, with the same key, after the seconds "
        "in `Retry-After`: nothing was used up. Open questions stay open and can still be read."
    ),
    "approval_expired": "Ask again: post a new escalation with a new `Idempotency-Key`.",
    "too_large": "Keep the body within 256 KiB. Link to large evidence instead of sending it.",
    "unsupported_media_type": (
        "Send `Content-Type: application/json` in UTF-8, without a `Content-Encoding`."
    ),
    "invalid": "Correct each place in `errors`: `pointer` says where, `message` what it must be.",
    "idempotency_key_reused": (
        "Use a new key for a new question, or send the first body again to get its escalation."
    ),
    "owner_required": (
        "The route forbids self-approval, so the key must say who owns it: "
        "`keys create NAME --owner U…`."
    ),
    "internal": "A mistake in Pullcord. The operators' log says more; report it.",
    "unavailable": "Nothing was changed. Try again after the seconds in `Retry-After`.",
    "policy": (
        "On the command line only: the policy file cannot be used. "
        "Each line names the file, the line, the key and what was expected there."
    ),
}

POLICY_TOP = {
    "version": "`1`, the only version there is. Required.",
    "timezone": (
        "An IANA time zone, for texts where Slack cannot show each reader their own time. "
        "`UTC` when left out."
    ),
    "groups": "Names for sets of people.",
    "admins": (
        "A list of groups: who may pause agents, take back what somebody else has clicked, look at "
        "callbacks that were given up and send them again, and see every question behind "
        "`/pullcord`."
    ),
    "routes": "Ways to people. At least one; the first is the default.",
    "rules": (
        "What is decided without a person, and who is asked otherwise. The first match wins. "
        "At most 1,000."
    ),
    "digests": (
        "When what can wait is brought together, and where "
        "([how digests work](../howto/digests.md))."
    ),
    "report": (
        "When the report of the week behind it is posted, and where "
        "([what it says](../howto/weekly-report.md)). Without it none is posted."
    ),
    "categories": "Kinds of cases, by the `category` of the request.",
    "agents": "The bounds of agents, by the NAMEs of their keys.",
    "schedules": "Who is on call when. *Not acted on yet.*",
}

POLICY_GROUP = {
    "users": "A list of Slack user ids.",
    "usergroup": (
        "The id of a Slack usergroup, such as `S0123ABCD`: whoever belongs to it in Slack. "
        "Needs the scope `usergroups:read`."
    ),
    "emails": (
        "A list of e-mail addresses of accounts in the workspace; case does not matter. "
        "Needs the scope `users:read.email`."
    ),
    "schedule": (
        "A name under `schedules`: whoever is on call by it belongs to the group. "
        "*Not acted on yet.*"
    ),
}

POLICY_ROUTE = {
    "channel": 'A channel id such as `C0123ABCD`, or `"#name"` in quotes. Required.',
    "reviewers": "A list of groups whose members may decide. Required.",
    "approvals": "How many different voices must agree to the very same action.",
    "deadline": "How long people have to answer; at most 30 days.",
    "on_timeout": (
        "What happens at the deadline: `expire` (no decision, nothing may run), `reject`, or "
        "`approve` where a rule could approve it: never at risk high or critical, nor what was "
        "refused in the 24 hours before it was asked or since, nor beyond a rule's limit."
    ),
    "no_self_approval": (
        "`true`: nobody decides for a key that they own, for a run started on their behalf, "
        "or agrees to their own edit. Each key that asks here then needs an owner."
    ),
    "keys": "NAMEs of API keys (scope `decide`) that may vote here.",
    "valid_for": "How long the agent may take to redeem an approval.",
    "quick_reasons": "Up to 5 ready-made reasons in the reject form, of up to 75 characters each.",
    "remind_after": (
        "A list of durations, the shortest first, all before the deadline: when a word in the "
        "channel leads back to a card that nobody has answered."
    ),
    "tiers": ("Who is asked besides when nobody has answered, the earliest first: see below."),
    "grace": (
        "How long a click that decides can be taken back, at most 1h; it counts when that is over, "
        "at the deadline at the latest. Keys decide at once."
    ),
    "fallback": (
        "The route whose channel shows a card that this one's channel does not take; who may "
        "decide stays. Without one, reviewers are written to directly. Fallbacks never lead back."
    ),
    "quiet_hours": (
        'Two times by the file\'s time zone such as `"22:00-07:00"`: reminders and tiers of low '
        "and normal urgency wait for their end. Cards go up at any hour."
    ),
    "assign": (
        "`suggest`: the card names one of the reviewers; `one`: only that person is asked. "
        "*Not acted on yet.*"
    ),
}

POLICY_TIER = {
    "after": "How long after the start; before the deadline. Required.",
    "channel": "A channel that is asked besides.",
    "reviewers": "A list of groups whose members may decide from then on.",
    "urgency": "`low`, `normal`, `high` or `critical`, from then on.",
}

POLICY_DIGEST = {
    "cron": (
        "Five fields of cron, such as `0 9,15 * * 1-5`: minute, hour, day of the month, month, "
        "day of the week. Required."
    ),
    "timezone": "An IANA time zone; the file's when left out.",
    "channel": (
        'Where it is posted: a channel id, or `"#name"` in quotes. Required. Who may decide is '
        "still up to each question's route."
    ),
}

POLICY_REPORT = {
    "channel": "Where it is posted: a channel's id, or its `#name` in quotes. Required.",
    "cron": (
        "When, in five fields, such as `0 9 * * 1`: each Monday at nine. It always tells of the "
        "seven days before. A time that was missed comes late, once. Required."
    ),
    "timezone": "By whose clocks; the file's `timezone` when left out.",
}

POLICY_CATEGORY = {
    "preset": ("Fills in what is left out: " + ", ".join(f"`{name}`" for name in PRESETS) + "."),
    "risk": (
        "`low`, `medium`, `high` or `critical`: the least that counts, whatever the agent states."
    ),
    "target_escalation_rate": (
        "The most that people should be asked of its cases, from 0 to 1; 0.15 when left out. Where "
        "in seven days they are asked more, or less than a third of it, the operators are told."
    ),
    "threshold": (
        "The confidence from which on a rule `by_confidence` delivers, from 0 to 1. Without it a "
        "person is asked."
    ),
    "learn": ("`true`: nothing is delivered before what people decide has shown that it may be."),
    "sample": (
        "The share of its outputs that people look at afterwards, from 0 to 1; when left out, 0.1 "
        "until 60 have been reviewed, and 0.05 from then on."
    ),
    "review": "How its outputs are looked at; see below.",
    "handoff": (
        "The sentence for the agent's end user while a person looks at the case, of up to 500 "
        "characters."
    ),
}

POLICY_REVIEW = {
    "digest": (
        "A name under `digests`: they wait for its slot and come as one message in its channel. "
        "Without it each has a card of its own, in the channel of the first route."
    ),
    "reviewers": "A list of groups; those of the first route when left out.",
    "second_look": "`true`: a second person is asked whether an objection is right. The first "
    "verdict goes on counting, and the finding says who confirmed it. `false` when left out.",
}

POLICY_AGENT = {
    "systems": (
        "A list of systems: what its tools do on another `tool.server` is never approved by a "
        "rule or a score. Without the list nothing is compared."
    ),
    "max_open": (
        "How many of its questions may be open, 10,000 when left out; beyond it the API answers "
        "429 `rate_limited`, and the admin channel is told once an hour."
    ),
    "rate": (
        "`N/duration`: how many questions it may ask in any such stretch of time, over all its "
        "keys; beyond it the API answers 429 `rate_limited` with `Retry-After`."
    ),
}

POLICY_SCHEDULE = {
    "ical": "The https address of a calendar. Either this or `rotation`.",
    "rotation": "People who take turns: see below. Either this or `ical`.",
}

POLICY_ROTATION = {
    "people": "A list of Slack user ids, in their order. Required.",
    "handover": (
        'When the turn changes, by the file\'s time zone: `"Mon 09:00"`, or `"09:00"` for turns '
        "of days. Required."
    ),
    "every": "How long a turn lasts, in whole weeks, or in whole days. Required.",
}

POLICY_RULE = {
    "name": "A name of its own; cards, decisions and `policy try` call the rule by it. Required.",
    "when": "A CEL expression that is true or false. Required.",
    "then": (
        "`approve`, `reject`, `escalate`, `batch` or `by_confidence`: approved from the threshold "
        "of its category on, else a person is asked. Required."
    ),
    "digest": "Where a rule that batches collects it: a name under `digests`. Required there.",
    "route": "Where people are asked; the first route when left out.",
    "comment": "Words for the agent. Required where the rule rejects.",
    "urgency": "`low`, `normal`, `high` or `critical`; it can only raise what the agent said.",
    "approvals": "Instead of the route's number.",
    "limit": (
        "`N/duration`, for a rule that approves or trusts a confidence: so many for each agent in "
        "any such stretch of time; beyond it a person is asked."
    ),
    "even_high_risk": (
        "`true`: the rule may also approve at risk high or critical. "
        "Without it, it is passed over there. By confidence: also at high, where its category "
        "states `risk: high`; never at critical."
    ),
}

#: Slack's Web API methods that the bot calls: scope, and what for.
METHODS = {
    "apps.connections.open": (
        "—",
        "a connection for Socket Mode; needs `connections:write` of the app-level token",
    ),
    "auth.test": ("—", "who the bot is, at the start and once a minute"),
    "chat.postMessage": (
        "`chat:write`",
        "cards, what is said in their threads and to people directly, and alerts",
    ),
    "chat.update": ("`chat:write`", "a card follows its escalation"),
    "chat.postEphemeral": ("`chat:write`", "a private word to somebody who clicked"),
    "files.getUploadURLExternal": ("`files:write`", "where the charts of a report are put"),
    "files.completeUploadExternal": ("`files:write`", "they stand in the thread of the report"),
    "conversations.history": (
        "`channels:history`, `groups:history`, `im:history`",
        "whether a card whose post was never answered does stand there, once or twice",
    ),
    "conversations.info": (
        "`channels:read`, `groups:read`",
        "only `doctor`: whether the bot is in",
    ),
    "conversations.list": (
        "`channels:read`, `groups:read`",
        "the id of a channel that the policy gives by name, for the look into its history",
    ),
    "conversations.replies": (
        "`channels:history`, `groups:history`, `im:history`",
        "whether what was to be said in a card's thread, and was never answered, stands there",
    ),
    "conversations.open": ("`im:write`", "the channel to a reviewer who is written to directly"),
    "usergroups.users.list": (
        "`usergroups:read`",
        "who belongs to the usergroups of the policy, every 10 minutes and on a change",
    ),
    "users.info": (
        "`users:read`, `users:read.email`",
        "the people of the policy, every 10 minutes and on a change",
    ),
    "users.lookupByEmail": (
        "`users:read.email`",
        "whose the addresses of the policy are, every 10 minutes and on a change",
    ),
    "views.open": ("—", "forms"),
    "views.publish": ("—", "the Home tab of whoever has opened it lately"),
    "views.update": ("—", "the next page of a form, or a notice in it"),
}
