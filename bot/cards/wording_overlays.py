"""What admins read of rules that people's decisions propose."""

from __future__ import annotations

from bot.cards.blocks import Markup, said
from bot.domain.overlay import Overlay, Scalar

ANSWER_THIS = "accept or revoke learned rules"
TITLE = "Make it a rule?"
ACCEPT, DECLINE, REVOKE = "Make it a rule", "No", "Revoke"
CONFIRM_TITLE, CONFIRM_YES, CONFIRM_NO = "Make it a rule?", "Make it a rule", "Not yet"
CONFIRM = (
    "Such cases will be approved without a person, until the policy's rule changes or an admin "
    "revokes this."
)
WHICH = "Which cases"
VOID = (
    "The policy's rule has changed since, so this proposal is void. A new one comes when people "
    "have approved enough cases again."
)
GUARDS = (
    "What has a higher risk, another system or an argument outside of these goes to people as "
    "before, and so does what was refused within 24 hours."
)


def proposal(rule: str, approved: int, people: int) -> Markup:
    who = "one reviewer" if people == 1 else f"{people} reviewers"
    return said(
        "Rule “{rule}” put the last {approved} of these to people, and all {approved} were "
        "approved, by {who}.",
        rule=rule, approved=approved, who=who,
    )  # fmt: skip


def at_most(approved: int) -> str:
    """One-sided 95 % bound of Clopper and Pearson for none of so many."""
    most = (1 - 0.05 ** (1 / approved)) * 100
    return (
        f"That alone does not show that all are fine: if these were a fair sample, up to "
        f"{most:.0f} % of such cases might be overridden (95 % confidence)."
    )


def between(name: str, low: float, high: float) -> str:
    return f"{name} from {low:g} to {high:g}" if low != high else f"{name} {low:g}"


def one_of(name: str, values: tuple[Scalar, ...]) -> str:
    written = [str(one).lower() if isinstance(one, bool) else one for one in values]
    return f"{name} {' or '.join(written)}"


def anything(names: tuple[str, ...]) -> str:
    return f"any {', '.join(names)}"


def from_agent(agent: str, category: str | None) -> str:
    return f"from {agent}" + (f", category {category}" if category else "")


def risk(level: str, reversibility: tuple[str, ...]) -> str:
    return f"risk up to {level}; {' or '.join(reversibility)}"


def answered(one: Overlay, who: str) -> Markup:
    words = {
        "accepted": "✅ {who} has made this a rule. It is tried just before “{rule}”.",
        "declined": "❌ {who} has declined this. People go on seeing such cases.",
        "revoked": "🚫 {who} has revoked this rule. People see such cases again.",
        "proposed": "{who}: “{rule}”",
    }[one.state]
    return said(words, who=who, rule=one.rule)


def overtaken(one: Overlay) -> str:
    who = "Somebody" if one.by is None else one.by.display_name or one.by.id
    return f"{who} has answered this before: it is {one.state}."
