"""How much of a category people see, beside its target: for operators and whoever asks."""

from __future__ import annotations

from bot.cards.blocks import Markup, said


def seen(rate: float, band: tuple[float, float] | None) -> str:
    """For a line of `/pullcord stats`."""
    share = f"people were asked about {_percent(rate)}"
    return share if band is None else f"{share} (target {_band(band)})"


def outside(category: str, cases: int, rate: float, band: tuple[float, float]) -> Markup:
    """For the operators' channel, once a day."""
    what = said(
        "In the category {category} people were asked about {rate} of the {cases} cases of the "
        "last seven days; its target is {band}. ",
        category=category,
        rate=_percent(rate),
        cases=f"{cases:,}",
        band=_band(band),
    )
    return Markup(what + (_TOO_MUCH if rate > band[1] else _TOO_LITTLE))


_TOO_MUCH = (
    "That is more than people should need to see. `/pullcord stats CATEGORY` shows what they "
    "decide: where they mostly approve, lower its `threshold` or set `learn: true`; where they do "
    "not, the agent must become better first. If people should see all of it, set its "
    "`target_escalation_rate` to 1."
)
_TOO_LITTLE = (
    "That is less than was meant, so wrong answers may go out unseen. Look at some of them; if "
    "they are right, lower its `target_escalation_rate`, else raise its `threshold`."
)


def _band(band: tuple[float, float]) -> str:
    return f"{_figure(band[0])} to {_percent(band[1])}"


def _percent(share: float) -> str:
    return f"{_figure(share)} %"


def _figure(share: float) -> str:
    return f"{share * 100:.1f}".removesuffix(".0")
