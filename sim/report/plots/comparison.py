"""Pictures of variants compared."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.experiments.comparison import SHOWN_FUTURES, Comparison
from sim.experiments.ensemble import BASE
from sim.experiments.verdict import of_total
from sim.model.record import MONTHLY
from sim.report.numbers import listed, out_of, span, wrapped
from sim.report.plots import plot
from sim.report.plots.style import BLUE, ENDED, GREY, INK, ORANGE, drawing
from sim.report.words.comparison import collapses, horizons_of, still_falling, times
from sim.report.words.scenario import what_happens
from sim.scenario.departures import departure_terms
from sim.scenario.events import DirectorLeaves


@plot.register
def plot_comparison(comparison: Comparison, *, ends: bool = False) -> Figure:
    """A panel for every variant: practised commitment above, momentum below, the base's median behind in grey.

    Bands hold half and nine tenths of the futures. The dotted line marks the director's departure. ``ends``: a bar for
    each variant instead, of how its futures ended.
    """
    if ends:
        return _ends(comparison)
    settings, say = comparison.settings, comparison.scenario.words.say
    columns = min(3 if len(settings) <= 6 else 4, len(settings))
    blocks = math.ceil(len(settings) / columns)
    with drawing((5.2 * columns, 5.0 * blocks + 1.3), dpi=110) as figure:
        heights = [3.0, 1.3] * blocks
        axes = figure.subplots(2 * blocks, columns, squeeze=False, sharex=True, gridspec_kw={"height_ratios": heights})
        behind = {
            (slug, name): _bands(comparison, slug, name)
            for slug in {BASE, *map(comparison.compared_with, settings)}
            for name in ("practice", "momentum")
        }
        lowest = min(0.0, float(np.nanmin(behind[BASE, "momentum"])))
        rows = {row["variant"]: row for row in comparison.rows}
        gone = collapses(comparison)
        for i, slug in enumerate(settings):
            block, column = divmod(i, columns)
            above, below = axes[2 * block][column], axes[2 * block + 1][column]
            row = rows[slug]
            of = out_of(comparison.number)
            falling = f", {still_falling(row, of)} falling" if still_falling(row, of) else ""
            bold = {"fontweight": "bold"} if slug == BASE else {}
            title = (
                f"{wrapped(say(settings[slug].title), 34)}\n{', '.join(gone[slug].values())} of {of} collapsed{falling}"
            )
            above.set_title(title, fontsize=14, loc="left", **bold)
            colour = ORANGE if slug == BASE else BLUE
            for axis, name in ((above, "practice"), (below, "momentum")):
                _draw(
                    axis,
                    _bands(comparison, slug, name),
                    colour,
                    None if slug == BASE else behind[comparison.compared_with(slug), name],
                )
            above.set_ylim(0, 1)
            below.axhline(0.0, color=INK, linewidth=0.8)
            lowest = min(lowest, *below.get_ylim())
            for axis in (above, below):
                _mark_departures(comparison, slug, axis, words=axis is above and slug == BASE)
            if column == 0:
                above.set_ylabel("practised\ncommitment")
                below.set_ylabel("momentum\n(change a\nmonth)")
            below.set_xlabel("years" if i + columns >= len(settings) else "")
            below.tick_params(labelbottom=True)
            step = 24 if comparison.scenario.months > 60 else 12
            ticks = range(0, comparison.scenario.months + 1, step)
            above.set_xticks(ticks, [str(month // 12) for month in ticks])
        for i in range(len(settings), blocks * columns):
            block, column = divmod(i, columns)
            axes[2 * block][column].set_axis_off()
            axes[2 * block + 1][column].set_axis_off()
        _level(axes[1::2])
        figure.suptitle(say(comparison.scenario.question or comparison.scenario.title), fontsize=19, fontweight="bold")
        figure.supxlabel(wrapped(say(" ".join(_footer(comparison))), 48 * columns), fontsize=13, color=INK)
    return figure


def _footer(comparison: Comparison) -> Iterator[str]:
    measure, after = comparison.scenario.measure, times(horizons_of(comparison))
    drawn = (
        f"the first {SHOWN_FUTURES:,} of {comparison.number:,}"
        if comparison.number > SHOWN_FUTURES
        else f"{comparison.number}"
    )
    yield f"{drawn} simulated futures in each panel: the line is the middle one; half of them lie in the dark"
    yield "band, nine tenths in the light one. Grey: the director's seat is empty. Dashed: the first panel again."
    for other in dict.fromkeys(map(comparison.compared_with, comparison.settings)):
        if other != BASE:
            slugs = list(comparison.settings)
            panels = [str(slugs.index(slug) + 1) for slug in slugs if comparison.compared_with(slug) == other]
            yield f"Dashed in panel{'s' * (len(panels) > 1)} {listed(panels)}:"
            yield f"“{comparison.settings[other].title}”."
    yield f"Collapsed: less than {100 * measure.survival:g}% of practised commitment left, {after} on."
    if any(row["still_falling"] > 0 for row in comparison.rows):
        yield f"Falling: not collapsed {span(measure.horizon)} on, but clearly losing."
    yield "Momentum: the change expected from how staff work; leavers take some of it away."
    yield from (f"First panel: {line}." for line in what_happens(comparison.scenario))
    if comparison.changes:
        yield f"Changed: {', '.join(comparison.changes)}."


def _bands(comparison: Comparison, slug: str, name: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """Quantiles 5, 25, 50, 75 and 95 of a monthly column over the futures, [5, months + 1]."""
    column = list(MONTHLY).index(name)
    values = comparison.months(slug)[:, :, column]
    values = values[~np.isnan(values[:, -1])]  # without the futures that failed
    start = 0 if name == "practice" else 1  # momentum has no row 0
    bands = np.full((5, values.shape[1]), np.nan)
    bands[:, start:] = np.quantile(values[:, start:], [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    return bands


def _draw(axis: Axes, bands: np.ndarray, colour: str, behind: np.ndarray | None) -> None:
    months = np.arange(bands.shape[1])
    axis.fill_between(months, bands[0], bands[4], color=colour, alpha=0.16, linewidth=0)
    axis.fill_between(months, bands[1], bands[3], color=colour, alpha=0.30, linewidth=0)
    if behind is not None:
        axis.plot(np.arange(behind.shape[1]), behind[2], color=GREY, linewidth=1.8, linestyle=(0, (4, 2)))
    axis.plot(months, bands[2], color=colour, linewidth=2.8)


def _mark_departures(comparison: Comparison, slug: str, axis: Axes, words: bool) -> None:
    """A dotted line where the director leaves, a shade while the seat is empty, and in one panel what they are."""
    setting = comparison.settings[slug]
    for event in setting.events.values():
        if not isinstance(event, DirectorLeaves) or not event.enabled:
            continue
        end = event.month + departure_terms(setting, event).vacancy
        axis.axvline(event.month, color=INK, linestyle=":", linewidth=1.6)
        axis.axvspan(event.month, end, color=GREY, alpha=0.18, linewidth=0)
        if words:
            say = setting.words.say
            axis.text(event.month - 1, 0.97, say("the director\nleaves"), ha="right", va="top", fontsize=11)
            axis.text(end + 1, 0.97, "the successor\narrives", ha="left", va="top", fontsize=11)


def _level(axes: np.ndarray) -> None:
    limits = [axis.get_ylim() for axis in axes.ravel() if axis.axison]
    for axis in axes.ravel():
        axis.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))


def _ends(comparison: Comparison) -> Figure:
    """How the futures of every variant ended, of 100, a bar each; whiskers: the 95% interval of how many collapse."""
    rows, say = comparison.rows, comparison.scenario.words.say
    inside: Any = {"ha": "center", "va": "center", "color": "white", "fontweight": "bold", "fontsize": 12}
    whisker: Any = {"color": INK, "linewidth": 2.2, "marker": "|", "markersize": 7}
    with drawing((10, 0.75 * len(rows) + 1.6), dpi=90) as figure:
        axis = figure.subplots()
        for place, row in enumerate(rows):
            shares = [100 * row["collapsed"], 100 * row["never_took_hold"], 100 * row["survived"]]
            left = 0.0
            for share, count, colour in zip(shares, of_total(shares), ENDED.values(), strict=True):
                axis.barh(place, share, left=left, color=colour, edgecolor="white")
                if share >= 4:
                    axis.text(left + share / 2, place + 0.22, str(count), **inside)
                left += share
            axis.plot([100 * row["collapsed_low"], 100 * row["collapsed_high"]], [place - 0.18] * 2, **whisker)
        axis.set_yticks(range(len(rows)), [wrapped(say(row["title"]), 30) for row in rows])
        axis.set_ylim(len(rows) - 0.4, -0.6)
        axis.set_xlim(0, 100)
        axis.set_xlabel(
            f"of 100 futures, at {span(comparison.scenario.measure.horizon)}"
            + (f" ({comparison.number:,} were played)" if comparison.number != 100 else "")
        )
        keys: list[Any] = [Patch(facecolor=colour, label=ended.word) for ended, colour in ENDED.items()]
        keys.append(Line2D([], [], label="95% interval of collapsed", **whisker))
        figure.legend(handles=keys, loc="outside upper center", ncols=4, frameon=False, fontsize=11)
    return figure
