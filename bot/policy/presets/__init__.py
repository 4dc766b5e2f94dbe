"""The table "Choosing the right pattern": what a category of each kind starts with.

A preset only fills what a category leaves out. The whole policy that belongs to each of them
stands beside, as NAME.yml, to be copied and changed.
"""

from __future__ import annotations

from bot.policy.book import Category

_SPECIALIST = "A specialist is looking at this, with a summary of your situation."
_CHECKED = "A colleague is checking this before it goes on; nothing is needed from you."

PRESETS = {
    preset.name: preset
    for preset in (
        # Approval gates: people are meant to see most of it.
        Category(
            name="agent-sends-emails",
            risk="medium",
            target_escalation_rate=1.0,
            handoff="Your message is ready, and a colleague is reading it before it goes out.",
        ),
        Category(
            name="financial-transactions",
            risk="medium",
            target_escalation_rate=0.3,
            handoff="Your payment is prepared, and a colleague is confirming it.",
        ),
        # Confidence-based: conservative, until what people decide has shown that less will do.
        Category(
            name="customer-support-bot",
            risk="medium",
            target_escalation_rate=0.15,
            threshold=0.9,
            learn=True,
            sample=0.1,
            handoff=_SPECIALIST,
        ),
        Category(
            name="research-assistant",
            risk="medium",
            target_escalation_rate=0.15,
            threshold=0.95,
            learn=True,
            sample=0.1,
            handoff="An expert is checking the sources of this answer.",
        ),
        # Supervised autonomy: rules draw the boundaries, not a score.
        Category(
            name="data-pipeline",
            risk="medium",
            target_escalation_rate=0.15,
            sample=0.05,
            handoff=_CHECKED,
        ),
        Category(
            name="code-generation",
            risk="medium",
            target_escalation_rate=0.3,
            sample=0.05,
            handoff=_CHECKED,
        ),
        # Review and learn: most goes out at once, and a sample is looked at afterwards.
        Category(
            name="content-moderation",
            risk="low",
            target_escalation_rate=0.1,
            threshold=0.9,
            sample=0.1,
            handoff="A moderator is looking at this.",
        ),
        Category(
            name="faq-chatbot",
            risk="low",
            target_escalation_rate=0.15,
            threshold=0.8,
            sample=0.1,
            handoff=_SPECIALIST,
        ),
    )
}


def filled(own: Category) -> Category:
    """The category with its preset's values where it says nothing itself."""
    if own.preset is None:
        return own
    said = {name: value for name, value in own if value is not None}
    return PRESETS[own.preset].model_copy(update=said)
