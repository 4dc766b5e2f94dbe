"""A report's pictures: its numbers in, PNG bytes out, the same each time.

For a phone and for every eye: few marks, large words, shapes and hatches beside the colours, and
each number in text besides. Only the process that draws loads what it takes (workers/drawing).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, assert_never

from bot.cards import wording_charts as wording
from bot.cards.text import clip, one_line
from bot.domain.report import (
    CategoryInReport,
    Chart,
    Report,
    Share,
    TypeOfError,
    WeekOfAnswers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Okabe and Ito's colours, which all kinds of colour vision tell apart.
_BLUE, _ORANGE, _GREEN, _GREY, _INK = "#0072B2", "#D55E00", "#009E73", "#767676", "#222222"
_WIDTH, _DPI = 5.0, 200
_NAME = 24
_STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": _GREY,
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "hatch.linewidth": 0.8,
    # Names are written by agents: a dollar in one is a dollar.
    "text.parse_math": False,
    "text.usetex": False,
}


def draw(chart: Chart, report: Report) -> bytes:
    """One picture as PNG. Takes a second and much memory: never in the bot's own process."""
    import matplotlib as mpl

    with mpl.rc_context(_STYLE):
        match chart:
            case "errors":
                figure = _errors(report)
            case "types":
                figure = _types(report.types)
            case "seen":
                figure = _seen(report.charted)
            case "by_itself":
                figure = _by_itself(report.charted)
            case "answers":
                figure = _answers(report.answers)
            case _:
                assert_never(chart)
        made = io.BytesIO()
        # Which version drew it would make it another file at each update.
        figure.savefig(made, format="png", metadata={"Software": None})
    return made.getvalue()


def _figure(height: float, title: str) -> tuple[Any, Any]:
    """So many inches high, and as wide as they all are."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    panel = figure.subplots()
    panel.set_title(title)
    return figure, panel


def _errors(report: Report) -> Any:
    figure, panel = _figure(2.9, wording.TITLES["errors"])
    highest = 0.0
    for at, week in enumerate(report.weeks):
        found = week.seen.errors
        if found is None:
            word = wording.few(week.seen.reviewed)
            panel.text(at, 0, word, ha="center", va="bottom", rotation=90, fontsize=9, color=_GREY)
            continue
        highest = max(highest, found.high * 100)
        _interval(panel, at, found)
        if at == len(report.weeks) - 1:
            panel.annotate(
                wording.percent(found.rate), (at, found.rate * 100), xytext=(9, 0),
                textcoords="offset points", va="center", fontweight="bold",
            )  # fmt: skip
    _week_axis(panel, [wording.day(week.began) for week in report.weeks])
    panel.set_ylim(0, max(highest * 1.1, 1))
    panel.yaxis.set_major_formatter(wording.percents)
    return figure


def _types(types: Sequence[TypeOfError]) -> Any:
    figure, panel = _figure(0.75 + 0.55 * len(types), wording.TITLES["types"])
    most = max((one.share.high for one in types if one.share), default=0.1) * 100
    for row, one in enumerate(types):
        panel.text(0, row - 0.28, wording.type_of_error(one), va="center", fontsize=10)
        if one.share is not None:
            _interval(panel, row + 0.18, one.share, sideways=True)
    _rows(panel, len(types), most * 1.08)
    panel.xaxis.set_major_formatter(wording.percents)
    return figure


def _interval(panel: Any, at: float, share: Share, *, sideways: bool = False) -> None:
    rate, low, high = share.rate * 100, share.low * 100, share.high * 100
    reach = [[rate - low], [high - rate]]
    style = {
        "fmt": "o", "color": _BLUE, "capsize": 5, "markersize": 8, "linewidth": 2.2,
        "clip_on": False,
    }  # fmt: skip
    if sideways:
        panel.errorbar([rate], [at], xerr=reach, **style)
    else:
        panel.errorbar([at], [rate], yerr=reach, **style)


def _seen(categories: Sequence[CategoryInReport]) -> Any:
    """What people saw beside the target, a row a category."""
    from matplotlib.patches import Patch

    figure, panel = _figure(1.2 + 0.55 * len(categories), wording.TITLES["seen"])
    most = max([0.2, *(one.escalation_rate or 0 for one in categories),
                *(one.band[1] for one in categories if one.band)])  # fmt: skip
    target: dict[str, Any] = {
        "facecolor": "#DDEFE8",
        "edgecolor": _GREEN,
        "hatch": "////",
        "linewidth": 1,
    }
    for row, one in _named(panel, categories, wording.seen):
        if one.band is not None:
            low, high = one.band
            panel.barh(row, (high - low) * 100, left=low * 100, height=0.34, **target)
        if one.escalation_rate is not None:
            outside = one.band is not None and not one.band[0] <= one.escalation_rate <= one.band[1]
            panel.plot(
                one.escalation_rate * 100, row, marker="D" if outside else "o", markersize=10,
                color=_ORANGE if outside else _BLUE, markeredgecolor="white", clip_on=False,
            )  # fmt: skip
    _rows(panel, len(categories), most * 106)
    panel.xaxis.set_major_formatter(wording.percents)
    figure.legend(
        handles=[Patch(label=wording.TARGET, **target)], loc="outside lower center",
        frameon=False, fontsize=10,
    )  # fmt: skip
    return figure


def _by_itself(categories: Sequence[CategoryInReport]) -> Any:
    """From which score on, a row a category."""
    figure, panel = _figure(0.9 + 0.55 * len(categories), wording.TITLES["by_itself"])
    for row, one in _named(panel, categories, wording.by_itself):
        panel.barh(row, 1, height=0.34, facecolor="#F3F3F3", edgecolor=_GREY, linewidth=0.8)
        if one.threshold is not None:
            least = min(max(one.threshold, 0.0), 0.99)
            panel.barh(
                row, 1 - least, left=least, height=0.34, facecolor="#CFE4F1", edgecolor=_BLUE,
                hatch="\\\\\\\\", linewidth=1,
            )  # fmt: skip
    _rows(panel, len(categories), 1)
    panel.set_xlabel(wording.SCORE, fontsize=10)
    return figure


def _named(
    panel: Any, categories: Sequence[CategoryInReport], words: Any
) -> Iterator[tuple[float, CategoryInReport]]:
    """Where each row's marks belong; above them stands which category it is, and in words how."""
    for row, one in enumerate(categories):
        name = clip(one_line(one.name), _NAME)
        panel.text(0, row - 0.36, name, va="center", fontsize=10.5, fontweight="bold")
        panel.text(
            1, row - 0.36, words(one), va="center", ha="right", fontsize=9.5,
            transform=panel.get_yaxis_transform(),
        )  # fmt: skip
        yield row + 0.06, one


def _answers(weeks: Sequence[WeekOfAnswers]) -> Any:
    figure, panel = _figure(3.2, wording.TITLES["answers"])
    for name, color, marker, line, of in (
        (wording.MOST, _ORANGE, "s", "--", [one.most_seconds for one in weeks]),
        (wording.HALF, _BLUE, "o", "-", [one.half_seconds for one in weeks]),
    ):
        points = [(at, seconds / 60) for at, seconds in enumerate(of) if seconds is not None]
        panel.plot(
            [at for at, _ in points], [minutes for _, minutes in points], color=color,
            marker=marker, linestyle=line, linewidth=2.2, markersize=8, label=name,
        )  # fmt: skip
        at, minutes = points[-1]
        panel.annotate(
            wording.duration(minutes), (at, minutes), xytext=(0, 9), textcoords="offset points",
            ha="center", fontweight="bold", fontsize=10,
        )  # fmt: skip
    _week_axis(panel, [wording.day(week.began) for week in weeks])
    highest = max(one.most_seconds or 0 for one in weeks) / 60
    panel.set_ylim(0, max(highest * 1.22, 1))
    panel.yaxis.set_major_formatter(wording.minutes)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=10)
    return figure


def _week_axis(panel: Any, labels: Sequence[str]) -> None:
    panel.set_xlim(-0.5, len(labels) - 0.1)
    # Counted from the last one, which is the week that the report is about.
    shown = [at for at in range(len(labels)) if (len(labels) - 1 - at) % 2 == 0]
    panel.set_xticks(shown, [labels[at] for at in shown])
    panel.set_xlabel(wording.WEEKS, fontsize=10)
    panel.grid(axis="y", color="#E5E5E5", linewidth=0.8)
    panel.set_axisbelow(True)


def _rows(panel: Any, count: int, most: float) -> None:
    panel.set_xlim(0, most)
    panel.locator_params(axis="x", nbins=5)
    panel.set_ylim(count - 0.4, -0.65)
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
