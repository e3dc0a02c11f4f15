"""The picture of interventions: how many more futures survive with each, by one step and as far as it helps."""

from typing import Any

from matplotlib.figure import Figure

from sim.analysis.interventions.result import Interventions, Use
from sim.base.intervals import Estimate
from sim.report.numbers import out_of, span, wrapped
from sim.report.plots import plot
from sim.report.plots.style import BLUE, GREY, INK, ORANGE, drawing, interval
from sim.report.words.interventions import ranked

ROW, WIDE = 0.56, 46
"""Inches an intervention takes, and the letters that fit on a line of its name."""


THICK: Any = {"width": 1.6, "markeredgewidth": 1.6}


@plot.register
def plot_interventions(found: Interventions) -> Figure:
    """A row for each intervention, what gains most at the top: a ring for one step, a square for as far as it helps.

    The change is in futures (of 100), paired with the same futures as they are, with 95% intervals. A square that is
    filled stands for a clear difference. Shapes tell the two apart without colour.
    """
    rows, of, say = ranked(found), out_of(found.futures), found.scenario.words.say
    before, later = of * found.base.survived.value, f"at {span(found.scenario.measure.horizon)}"
    with drawing((14, 3.4 + ROW * max(4, len(rows) + 1)), dpi=110) as figure:
        axis = figure.subplots()
        names = []
        for place, (intervention, step, main) in enumerate(rows):
            if place % 2:
                axis.axhspan(place - 0.5, place + 0.5, color=GREY, alpha=0.10, linewidth=0)
            filled = BLUE if main.helps else ORANGE if main.harms else "white"
            interval(axis, _scaled(main, of), place + (0.16 if step else 0.0), "s", filled, markersize=10, **THICK)
            if step is not None:
                interval(axis, _scaled(step, of), place - 0.2, "o", "white", markersize=8, **THICK)
            names.append(wrapped(say(intervention.entry.title), WIDE))
            goes = main.intervention.from_to(main.tenths)
            axis.text(1.01, place, goes, transform=axis.get_yaxis_transform(), va="center", fontsize=14)
        axis.axvline(0.0, color=INK, linewidth=1.4)
        axis.set_yticks(range(len(rows)), names, fontsize=15)
        axis.set_ylim(len(rows) + 0.7, -0.5)  # a row more, for the legend
        axis.tick_params(axis="y", length=0)
        axis.grid(axis="x", color=GREY, alpha=0.35)
        axis.set_axisbelow(True)
        ends = [of * end for _, step, main in rows for use in (step, main) if use for end in use.difference[1:]]
        axis.set_xlim(min([-5.0, *ends]) - 2, max([5.0, *ends]) + 2)
        axis.set_xlabel(
            f"futures of {of} in which the change survives {later}, more or fewer than as things are", fontsize=15
        )
        axis.set_title("as far as\nit pays", fontsize=13, loc="right", x=1.01, ha="left")
        for marker, filled, meaning in (
            ("o", "white", "one step, a tenth"),
            ("s", BLUE, "as far as it helps"),
            ("s", "white", "all of it, not clear"),
        ):
            look: Any = {"color": INK, "linewidth": 1.6, "markeredgewidth": 1.6, "markersize": 10}
            axis.plot([], [], marker=marker, markerfacecolor=filled, markeredgecolor=INK, label=meaning, **look)
        axis.legend(loc="lower center", ncols=3, fontsize=14, framealpha=1.0, edgecolor="white", columnspacing=1.2)
        asked = f"What would make the change survive?\nAs things are, {later} it does in {before:.0f} of {of} futures."
        figure.suptitle(say(asked), fontsize=20, fontweight="bold")
        figure.supxlabel(wrapped(say(_footer(found)), 120), fontsize=12, color=INK)
    return figure


def _scaled(use: Use, of: int) -> Estimate:
    return Estimate(*(of * x for x in use.difference))


def _footer(found: Interventions) -> str:
    setting = found.scenario
    return (
        f"{setting.title}: {found.futures} simulated futures, the same in every row; seed {found.seed}. Lines: 95% "
        "intervals for chance between futures, not doubt about the world. On the right: what changes where an "
        "intervention goes as far as it helps, that is, by the fewest steps that are not clearly worse than all of "
        "them. Most ranges are a matter of judgement."
    )
