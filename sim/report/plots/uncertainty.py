"""Pictures: of a search, what was measured at all settings beside the targets; of a scenario, its variants by world."""

import numpy as np
from matplotlib.figure import Figure

from sim.analysis.uncertainty.calibration import CalibrationRun
from sim.analysis.uncertainty.robustness import Robustness
from sim.report.numbers import span, wrapped
from sim.report.plots import plot
from sim.report.plots.style import BLUE, GREY, INK, ORANGE, STYLE, drawing, strip


@plot.register
def plot_calibration(tried: CalibrationRun) -> Figure:
    """A strip for each target, a line for each setting (blue: accepted), the target shaded; below, parameters."""
    kept = tried.fits
    shifted = tried.shifted()[:8]
    strips = len(tried.targets) + len(shifted)
    with drawing((11, 0.9 * strips + 1.0), STYLE | {"font.size": 11}) as figure:
        axes = figure.subplots(strips, 1, squeeze=False)[:, 0]
        for i, (axis, target) in enumerate(zip(axes, tried.targets, strict=False)):
            values = tried.values[:, i]
            shown = np.isfinite(values)
            axis.axvspan(target.low, target.high, color=GREY, alpha=0.25, linewidth=0)
            for there, colour, row in ((shown & ~kept, ORANGE, 0.3), (shown & kept, BLUE, -0.3)):
                axis.plot(values[there], np.full(there.sum(), row), "|", color=colour, markersize=9, alpha=0.6)
            if shown.any():
                room = 0.03 * float(np.ptp(values[shown])) + 1e-9
                axis.set_xlim(values[shown].min() - room, values[shown].max() + room)
            never = int((~shown).sum())
            strip(axis, target.title + (f" (never, or undefined, at {never})" if never else ""))
        for axis, (one, _, _) in zip(axes[len(tried.targets) :], shifted, strict=True):
            values = np.array([float(keys[one.key]) for keys in tried.settings])
            for there, colour, row in ((~kept, ORANGE, 0.3), (kept, BLUE, -0.3)):
                axis.plot(values[there], np.full(there.sum(), row), "|", color=colour, markersize=9, alpha=0.6)
            axis.set_xlim(one.low, one.high)
            strip(axis, one.key)
        figure.suptitle(
            f"Above in each strip, orange: {int((~kept).sum())} settings turned away. Below, blue: {int(kept.sum())} "
            "accepted. Shaded: the target.",
            fontsize=12, ha="left", x=0.01, color=INK,
        )  # fmt: skip
    return figure


MOST_ROWS = 12
"""At most so many variants in a picture: the first nine and the last two, and the base."""


@plot.register
def plot_worlds(over: Robustness) -> Figure:
    """A row for each variant, a dot for each world, a line for the middle one; on the right, counts of worlds."""
    say, worlds = over.scenario.words.say, len(over.outcomes)
    order = over.order if len(over.order) < MOST_ROWS else [*over.order[: MOST_ROWS - 3], *over.order[-2:]]
    shares = 100 * over.shares()
    with drawing((14, 0.66 * (len(order) + 1) + 2.6)) as figure:
        axis = figure.subplots()
        for row, i in enumerate([0, *order]):
            apart = 0.56 * ((np.arange(worlds) * 0.618) % 1.0 - 0.5)
            colour = BLUE if i and over.counted[i].worlds_better >= over.counted[i].worlds_worse else ORANGE
            axis.plot(shares[:, i], row + apart, "o", color=colour, markersize=6, alpha=0.5, markeredgewidth=0)
            axis.plot([np.median(shares[:, i])] * 2, [row - 0.4, row + 0.4], color=INK, linewidth=3)
            n = over.counted[i]
            said = f"{n.worlds_better} more, {n.worlds_worse} fewer" if i else f"of {worlds} worlds"
            axis.text(1.01, row, said, transform=axis.get_yaxis_transform(), va="center", fontsize=14)
        beside = {i: f" (against “{over.titles[over.compared_with(i)]}”)" for i in order if over.compared_with(i)}
        names = [wrapped(say(over.titles[i] + beside.get(i, "")), 44) for i in (0, *order)]
        axis.set_yticks(range(len(names)), names, fontsize=14)
        axis.get_yticklabels()[0].set_fontweight("bold")
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(len(names) - 0.4, -0.6)
        axis.set_xlim(-1, 101)
        axis.set_xlabel(
            f"of 100 futures, in how many the change survived at {span(over.scenario.measure.horizon)}", fontsize=14
        )
        axis.grid(axis="x", color=GREY, alpha=0.35)
        axis.set_axisbelow(True)
        title = f"{say(over.scenario.title)}: a dot for each of {worlds} plausible worlds"
        axis.set_title(wrapped(title, 70), fontsize=16, loc="left")
        figure.supxlabel(
            "The line is the middle world. On the right: in how many worlds more, or fewer, futures survive than with "
            "the first" + (", or with the one that is named." if beside else "."),
            fontsize=12,
        )
    return figure
