"""What `/pullcord why` says: each event of the journal as a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.cards.blocks import Markup, escaped, joined, said
from bot.cards.moments import moment

_VOTES = {"approve": "approved it", "modify": "changed and approved it", "reject": "rejected it",
          "revise": "sent it back for alternatives", "respond": "answered it"}  # fmt: skip
_NAME, _PROBLEM, _HOST = 60, 80, 50


def title(headline: str) -> str:
    return f"Why: {headline}"


def because(rule: str | None, why: str | None) -> Markup:
    """Why people are asked, or were not."""
    if why:
        reason = said("*Why people are asked:* {why}", why=why)
        return joined("", [reason, said(" (rule “{rule}”)", rule=rule)]) if rule else reason
    if rule:
        return said("*Why:* the policy's rule “{rule}” matched.", rule=rule)
    return Markup("*Why people are asked:* no rule of the policy matched.")


def asked(
    route: str, approvals: int, people: Sequence[str], more: int, keys: Sequence[str]
) -> Markup:
    needs = "1 approval" if approvals == 1 else f"{approvals} approvals"
    who = [*people, *([f"{more} more"] if more else []), *(f"the program {one}" for one in keys)]
    return said(
        "*Asked* on route {route} (needs {needs}): {who}.",
        route=route, needs=needs, who=", ".join(who) or "nobody that I know of",
    )  # fmt: skip


def asked_by_tiers(people: Sequence[str]) -> Markup:
    return said("Since a tier also: {who}.", who=", ".join(people))


def can_wait(digest: str, at: Markup) -> Markup:
    said_so = said("🗂 it can wait: promised to the digest {digest}, ", digest=digest)
    return joined("", [said_so, at])


def happened(event: str, who: str | None, data: Mapping[str, Any], now: datetime) -> Markup:
    """An entry of the journal; one of a newer version by its name."""
    by = escaped(who or "Pullcord", _NAME)
    place = str(data.get("channel") or "")
    kind = _VOTES.get(str(data.get("type")), "answered it")
    match event:
        case "escalation.opened":
            return _by(by, "asked")
        case "escalation.proposed":
            return _by(Markup(f"✏️ {by}"), "proposed a change")
        case "escalation.decided":
            return _by(Markup(f"✅ {by}"), f"{kind}: decided")
        case "escalation.expired":
            return Markup("⌛ nobody had answered in time; it expired")
        case "escalation.cancelled":
            return _by(Markup(f"🚫 {by}"), "withdrew it")
        case "escalation.redeemed":
            return _by(by, "took the approval to run it")
        case "vote.cast":
            return _by(by, f"{kind}; more votes are needed")
        case "vote.intended":
            until = _moment_in(data, "until", now)
            return joined("", [Markup(f"⏳ {by} {kind}; it counts from "), until])
        case "vote.undone":
            return _by(Markup(f"↩️ {by}"), "took the click back")
        case "escalation.reminded":
            return Markup("🔔 nobody had answered; those who are asked were reminded")
        case "escalation.raised":
            return _raised(data)
        case "escalation.taken":
            return _by(Markup(f"👀 {by}"), "took it")
        case "escalation.released" if who is None:
            return Markup("the half hour was over; nobody has it any more")
        case "escalation.released":
            return _by(by, "let go of it")
        case "escalation.assigned":
            return _by(Markup(f"👉 {by}"), "named somebody to look at it")
        case "escalation.snoozed":
            until = _moment_in(data, "until", now)
            return joined("", [Markup(f"💤 {by} snoozed it until "), until])
        case "escalation.woken":
            return Markup("⏰ its snooze was over")
        case "escalation.hurried":
            return _by(Markup(f"🔔 {by}"), "said that it cannot wait")
        case "boundary.not_similar":
            return _by(by, "said that it is not like what was overridden")
        case "message.asked":
            return _by(Markup(f"❓ {by}"), "asked the agent")
        case "message.answered":
            return _by(Markup(f"💬 {by}"), "answered")
        case "outcome.reported":
            status = escaped(str(data.get("status") or "an outcome"), _NAME)
            return _by(by, f"reported: {status}")
        case "card.posted":
            return joined("", [Markup("its card came to stand in "), channel(place)])
        case "card.refused":
            return joined("", [Markup("⚠️ Slack refused its card in "), channel(place)])
        case _:
            return _by(by, escaped(event.replace(".", " "), _NAME))


def _raised(data: Mapping[str, Any]) -> Markup:
    """Which tier, whom it asks besides, and where."""
    parts = [said("🔔 nobody had answered: tier {tier} came", tier=data.get("tier") or "?")]
    groups = [str(one) for one in data.get("reviewers") or ()]
    if groups:
        parts.append(said(", {groups} asked as well", groups=", ".join(groups)))
    return joined("", parts)


def _moment_in(data: Mapping[str, Any], key: str, now: datetime) -> Markup:
    try:
        return moment(datetime.fromisoformat(str(data.get(key))), now)
    except ValueError:
        return Markup("a moment")


def _by(who: Markup, did: str) -> Markup:
    return Markup(f"{who} {did}")


def channel(place: str) -> Markup:
    """Slack shows a channel's name for its id; whoever may not see it sees none."""
    return escaped(place, _NAME) if place.startswith("#") else _mention(place)


def _mention(place: str) -> Markup:
    known = place.isalnum() and place.isascii()
    if known and place.startswith(("C", "G")):
        return Markup(f"<#{place}>")
    return Markup("a direct message") if known else escaped(place, _NAME)


def card_waits(place: str, attempts: int, problem: str | None) -> Markup:
    tried = "not tried yet" if not attempts else f"tried {attempts} times"
    reason = _reason(problem)
    return joined(
        "",
        [
            Markup("⏳ its card for "),
            channel(place),
            Markup(f" does not stand yet, {tried}"),
            reason,
        ],
    )


def callback(event: str, host: str, state: str, attempts: int, problem: str | None) -> Markup:
    what = Markup(f"callback {escaped(event, _NAME)} to {escaped(host, _HOST)}")
    tries = "1 try" if attempts == 1 else f"{attempts} tries"
    reason = _reason(problem)
    match state:
        case "delivered":
            return joined("", [what, Markup(f" delivered, {tries}")])
        case "dead":
            return joined("", [Markup("⚠️ "), what, Markup(f" given up, {tries}"), reason])
        case _:
            return joined("", [Markup("⏳ "), what, Markup(f" on its way, {tries}"), reason])


def _reason(problem: str | None) -> Markup:
    return Markup(f": {escaped(problem, _PROBLEM)}" if problem else "")


def left_out(count: int) -> Markup:
    return Markup(f"… {count} more …")


def still_open(by: Markup) -> Markup:
    return joined("", [Markup("⏳ *still open*, the answer is due by "), by])


def others(count: int) -> Markup:
    return Markup(f"{count} more stand on that card: ask by their ids, `/pullcord why ID`.")
