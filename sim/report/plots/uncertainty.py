"""Pictures: of a search, what was measured at all settings beside the targets; of a scenario, its variants by world."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.uncertainty.calibration import CalibrationRun
from sim.analysis.uncertainty.robustness import Robustness
from sim.report.numbers import span
from sim.report.plots.findings import of_calibration, of_worlds
from sim.report.plots.style import BLUE, GREY, INK, NOTE, ORANGE, WIDE, drawing, fitted, headline, strip
from sim.report.words.comparison import is_yardstick
from sim.report.words.robustness import titled


def plot_calibration(tried: CalibrationRun) -> Figure:
    """A strip for each target, a line for each setting (blue, below: accepted), the target shaded; then parameters."""
    kept = tried.fits
    shifted = tried.shifted()[:8]
    strips = len(tried.targets) + len(shifted)
    with drawing((WIDE, 0.6 * strips + 1.1)) as figure:
        axes = figure.subplots(strips, 1, squeeze=False)[:, 0]
        for i, (axis, target) in enumerate(zip(axes, tried.targets, strict=False)):
            values = tried.values[:, i]
            shown = np.isfinite(values)
            axis.axvspan(target.low, target.high, color=GREY, alpha=0.25, linewidth=0)
            _settings(axis, values, shown, kept)
            if shown.any():
                room = 0.03 * float(np.ptp(values[shown])) + 1e-9
                axis.set_xlim(values[shown].min() - room, values[shown].max() + room)
            never = int((~shown).sum())
            strip(axis, target.title + (f" (never, or undefined, at {never})" if never else ""))
        for axis, (one, _, _) in zip(axes[len(tried.targets) :], shifted, strict=True):
            _settings(axis, np.array([float(keys[one.key]) for keys in tried.settings]), np.ones_like(kept), kept)
            axis.set_xlim(one.low, one.high)
            strip(axis, one.key)
        for row, words, colour in ((0.6, "turned away", ORANGE), (-0.7, "accepted", BLUE)):
            look: Any = {"transform": axes[0].get_yaxis_transform(), "fontsize": NOTE, "va": "center"}
            axes[0].text(1.01, row, words, color=colour, fontweight="bold", **look)
        axes[0].set_title("shaded: the target", fontsize=NOTE, loc="right")
        note = "A line for each setting: above in a strip those turned away, below those accepted. " + (
            "The last strips: parameters of which the targets say something." if shifted else ""
        )
        headline(figure, of_calibration(tried), note=note)
    return figure


def _settings(axis: Axes, values: np.ndarray, shown: np.ndarray, kept: np.ndarray) -> None:
    """A line for each setting: those turned away above, those accepted below."""
    for there, colour, row in ((shown & ~kept, ORANGE, 0.35), (shown & kept, BLUE, -0.45)):
        axis.plot(values[there], np.full(there.sum(), row), "|", color=colour, markersize=6, alpha=0.6)


MOST_ROWS = 12
"""At most so many variants in a picture: the first nine and the last two, and the base."""


def plot_worlds(over: Robustness) -> Figure:
    """A row for each variant, a dot for each world, a line for the middle one; on the right, counts of worlds."""
    say, worlds = over.scenario.words.say, len(over.outcomes)
    order = over.order if len(over.order) < MOST_ROWS else [*over.order[: MOST_ROWS - 3], *over.order[-2:]]
    shares = 100 * over.shares()
    middle = np.median(shares, axis=0)
    with drawing((WIDE, 0.44 * (len(order) + 1) + 1.6)) as figure:
        axis = figure.subplots()
        for row, i in enumerate([0, *order]):
            apart = 0.56 * ((np.arange(worlds) * 0.618) % 1.0 - 0.5)
            axis.plot(
                shares[:, i], row + apart, "o", color=_colour(over, i), markersize=3.6, alpha=0.5, markeredgewidth=0
            )
            axis.plot([middle[i]] * 2, [row - 0.4, row + 0.4], color=INK, linewidth=2)
            n = over.counted[i]
            said = f"{n.worlds_better} more, {n.worlds_worse} fewer" if i else f"of {worlds} worlds, in"
            axis.text(1.02, row, said, transform=axis.get_yaxis_transform(), va="center", fontsize=NOTE + 0.5)
        side = "right" if middle[0] > 50 else "left"
        axis.text(middle[0], -0.45, "the middle world", ha=side, va="bottom", fontsize=NOTE)
        names = [fitted(say(titled(over, i)), 2.4) for i in (0, *order)]
        axis.set_yticks(range(len(names)), names)
        axis.get_yticklabels()[0].set_fontweight("bold")
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(len(names) - 0.5, -0.75)
        axis.set_xlim(-1, 101)
        axis.set_xlabel(f"of 100 futures, in how many the change survived at {span(over.scenario.measure.horizon)}")
        axis.grid(axis="x", color=GREY, alpha=0.35, linewidth=0.6)
        axis.set_axisbelow(True)
        note = (
            f"A dot for each of {worlds} plausible worlds. On the right: in how many of them more, or fewer, futures "
            "survive than with the first"
            + (", or with the one that is named." if any(map(over.compared_with, order)) else ".")
        )
        headline(figure, say(of_worlds(over)), note=note)
    return figure


def _colour(over: Robustness, variant: int) -> str:
    """Blue for a variant that helps in more worlds than it harms in, orange for one that harms in more."""
    n = over.counted[variant]
    if not variant or n.worlds_better == n.worlds_worse:
        return INK
    if is_yardstick(over.scenario.variant(over.slugs[variant]), over.scenario):
        return GREY
    return BLUE if n.worlds_better > n.worlds_worse else ORANGE
