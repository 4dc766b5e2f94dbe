"""What people read of findings: what reviews found wrong, who mends it, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.cards.blocks import Markup, escaped, joined, said
from bot.cards.wording_review import ERROR_TYPES, ROOT_CAUSES, SEVERITIES
from bot.domain.review_finding import Change, Kind, Outcome, ReviewFinding, Share, State

NO_SUCH = "There is no such finding that is yours to see. `/pullcord findings` lists them."
NONE = "✅ Reviews have found nothing that is still to be mended."
NONE_OF_MINE = "✅ No finding that is still to be mended is yours."
OWN, FIXED, VERIFY = "Own…", "Fixed…", "Verify…"
OWN_TITLE, FIX_TITLE, VERIFY_TITLE = "Who mends it", "Fixed", "Is it mended?"
SAVE = "Save"
OWNER_LABEL, DUE_LABEL = "Who mends it", "By when"
#: In the form behind "Incorrect…".
OWNER_HINT = "One of the people of the policy. Whoever owns such errors already keeps them."
OWNER_ELSE_HINT = "One of the people of the policy; they get a message."
NOT_KNOWN = "The policy does not name this person. Choose somebody whom it names."
NO_DATE, PAST = "This is no date.", "This day is over. Choose today or later."
NOTE_LABEL = "What was changed"
NOTE_HINT = "The prompt, the tool or the rule, and since when. It stands beside the finding."
NOTE_MISSING = "Say in a few words what was changed."
WORDS_LABEL = "Your words"
OUTCOME_LABEL = "What you have seen"
OUTCOMES: dict[Outcome, str] = {
    "verified": "It is mended",
    "open": "It is not: open it again",
}
OUTCOME_HINT = "What was counted stands above. It decides nothing by itself."

_STATES: dict[State, str] = {"open": "🔴 open", "fixed": "🟡 fixed, not verified yet",
                             "verified": "✅ verified"}  # fmt: skip
_NAME, _NOTE = 60, 300


def kind(of: Kind) -> Markup:
    """`*Accuracy* · refund · the prompt`"""
    parts = [Markup(f"*{ERROR_TYPES[of.error_type].split(':')[0]}*")]
    parts.append(escaped(of.category or "no category", _NAME))
    cause = "cause not known" if of.root_cause is None else ROOT_CAUSES[of.root_cause].lower()
    return joined(" · ", [*parts, Markup(cause)])


def kind_plainly(of: Kind) -> str:
    """The same in a title, where nothing is parsed."""
    cause = "cause not known" if of.root_cause is None else ROOT_CAUSES[of.root_cause].lower()
    return f"{ERROR_TYPES[of.error_type].split(':')[0]} · {of.category or 'no category'} · {cause}"


def stands(one: ReviewFinding, latest: Markup) -> Markup:
    """How it is, and how many errors it is made of."""
    worst = SEVERITIES[one.severity].split(":")[0].lower()
    many = f"{one.errors} errors, the worst {worst}, the latest "
    how = f"{_STATES[one.state]} · " + (f"1 error, {worst}, " if one.errors == 1 else many)
    again = f" · came again {times(one.reopened)}" if one.reopened else ""
    return joined("", [Markup(how), latest, Markup(again)])


def times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def owned(owner: str | None, due: date | None, today: date, *, late: bool) -> Markup:
    by = ""
    if due is not None:
        year = "" if due.year == today.year else f" {due.year}"
        by = f", due {due.day} {due:%b}{year}" + (" (late)" if late else "")
    if owner is None:
        return Markup(f"👤 Nobody owns it yet{by}.")
    return said(f"👤 {{owner}}{by}", owner=owner)


def fixed(who: str, at: Markup, note: str | None) -> Markup:
    return _step("🔧 Fixed, says {who}, ", who, at, note)


def verified(who: str, at: Markup, note: str | None) -> Markup:
    return _step("✅ Verified by {who}, ", who, at, note)


def _step(words: str, who: str, at: Markup, note: str | None) -> Markup:
    quoted = [] if not note else [Markup(f": “{escaped(note, _NOTE)}”")]
    return joined("", [said(words, who=who), at, *quoted])


def confirmed(names: Sequence[str], doubted: int) -> Markup:
    """What second reviewers said of the errors."""
    parts = [said("Confirmed by {names}", names=", ".join(names))] if names else []
    if doubted:
        what = "1 error" if doubted == 1 else f"{doubted} errors"
        parts.append(Markup(f"a second reviewer did not agree with {what}"))
    return joined("; ", parts)


def tried_again(cases: int, tried: int, right: int) -> Markup:
    """Its cases, as their agents do them now."""
    return Markup(f"🔁 Re-evaluated {tried} of {cases}: {right} right now")


def too_few(before: int, after: int, needed: int) -> Markup:
    """How many were reviewed by chance on either side of the fix."""
    earlier = f"{before or 'none'} of the four weeks before the fix {_are(before)} reviewed"
    return Markup(
        f"📊 No evidence yet: of those that the coin chose, {earlier}, and {after or 'none'} "
        f"since; it takes {needed} of each."
    )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def before_and_after(found: Change) -> Markup:
    """Such errors in the four weeks before the fix, and in those since."""
    rates = (
        f"Such errors were {_rate(found.before)} in the four weeks before the fix, "
        f"and {_rate(found.after)} since"
    )
    if not found.shows:
        return Markup(f"📊 {rates}: no evidence yet that the rate has changed.")
    low, high = sorted((abs(found.low), abs(found.high)))
    what = "fell" if found.change < 0 else "rose"
    return Markup(
        f"📊 {rates}: the rate {what} by {_points(abs(found.change))} points "
        f"[{_points(low)}–{_points(high)}]."
    )


def _rate(of: Share) -> str:
    interval = f"[{_points(of.low)}–{_points(of.high)}]"
    return f"{_points(of.rate)} % {interval} of all ({of.reviewed:,} reviewed)"


def _points(share: float) -> str:
    return f"{share * 100:.1f}"


CORRECTIONS = "What would have been right, the latest first"


def title(count: int, shown: int) -> Markup:
    what = "1 finding" if count == 1 else f"{count} findings"
    left = "" if shown == count else f", the first {shown}"
    return Markup(f"*{what}*{left}")


def footer() -> Markup:
    return Markup(
        "`/pullcord findings CATEGORY` has the verified ones too; `findings mine`, yours."
    )


def by_id(finding_id: str) -> Markup:
    return Markup(f"`{escaped(finding_id, 80)}`")


def none_of(category: str, near: str | None) -> Markup:
    sentence = said("Reviews have found nothing wrong in “{category}”.", category=category)
    if near is not None:
        sentence = joined(" ", [sentence, said("Did you mean “{near}”?", near=near)])
    return sentence


def overtaken(one: ReviewFinding) -> str:
    """To somebody whose click came too late, or too early."""
    step = one.verified if one.state == "verified" else one.fixed
    if one.state == "open":
        return "This finding is open: it has to be fixed before it can be verified."
    assert step is not None  # noqa: S101 - it is fixed or verified
    who = step.actor.display_name or step.actor.id
    what = "verified" if one.state == "verified" else "fixed"
    return f"{who} has said before that it is {what}. Nothing changed by your click."


def not_yours(owner: str) -> str:
    return f"Only {owner}, who owns it, and admins can change this finding."


# --- told directly --------------------------------------------------------------------------------


def yours(by: str, of: Kind, finding_id: str) -> Markup:
    asked = said("👉 {by} would like you to mend what reviews found wrong: ", by=by)
    return joined("", [asked, kind(of), Markup("."), _where(finding_id)])


def came_again(of: Kind, finding_id: str) -> Markup:
    again = Markup("🔴 It came again after the fix, so the finding is open: ")
    return joined("", [again, kind(of), Markup("."), _where(finding_id)])


def _where(finding_id: str) -> Markup:
    return Markup(f" `/pullcord findings {escaped(finding_id, 80)}` shows it.")
