"""The picture of interventions: how many more futures survive with each, by one step and as far as it helps."""

from typing import Any

from matplotlib.figure import Figure

from sim.analysis.interventions.result import Interventions, Use
from sim.base.intervals import Estimate
from sim.report.numbers import out_of, span
from sim.report.plots.findings import of_interventions
from sim.report.plots.style import BLUE, GREY, INK, NOTE, ORANGE, WIDE, drawing, fitted, headline, interval, name_mark
from sim.report.words.interventions import ranked

ROW, NAMES, VALUES = 0.36, 2.55, 1.05
"""Inches an intervention takes, and those for its name and for what changes."""

THICK: Any = {"width": 1.2, "markeredgewidth": 1.2}


def plot_interventions(found: Interventions) -> Figure:
    """A row for each intervention, what gains most at the top: a ring for one step, a square for as far as it helps.

    The change is in futures (of 100), paired with the same futures as they are, with 95% intervals. A square that is
    filled stands for a clear difference. Shapes tell the two apart without colour.
    """
    rows, of, say = ranked(found), out_of(found.futures), found.scenario.words.say
    later = f"at {span(found.scenario.measure.horizon)}"
    with drawing((WIDE, 2.0 + ROW * max(4, len(rows)))) as figure:
        axis = figure.subplots()
        names = []
        ends = [of * end for _, step, main in rows for use in (step, main) if use for end in use.difference[1:]]
        axis.set_xlim(min([-5.0, *ends]) - 2, max([5.0, *ends]) + 2)
        for place, (intervention, step, main) in enumerate(rows):
            if place % 2:
                axis.axhspan(place - 0.5, place + 0.5, color=GREY, alpha=0.10, linewidth=0)
            filled = BLUE if main.helps else ORANGE if main.harms else "white"
            interval(axis, _scaled(main, of), place + (0.18 if step else 0.0), "s", filled, markersize=6, **THICK)
            if step is not None:
                interval(axis, _scaled(step, of), place - 0.2, "o", "white", markersize=5, **THICK)
            names.append(fitted(say(intervention.entry.title), NAMES))
            goes = fitted(main.intervention.from_to(main.tenths), VALUES, NOTE)
            axis.text(1.01, place, goes, transform=axis.get_yaxis_transform(), va="center", fontsize=NOTE)
        both = next(((place, step, main) for place, (_, step, main) in enumerate(rows) if step), None)
        if both is not None:
            place, step, main = both
            name_mark(axis, _scaled(step, of), place - 0.2, "one step")
            name_mark(axis, _scaled(main, of), place + 0.18, "as far as it helps")
        axis.axvline(0.0, color=INK, linewidth=1.0)
        axis.set_yticks(range(len(rows)), names)
        axis.set_ylim(len(rows) - 0.5, -0.5)
        axis.tick_params(axis="y", length=0)
        axis.grid(axis="x", color=GREY, alpha=0.35, linewidth=0.6)
        axis.set_axisbelow(True)
        axis.xaxis.set_major_formatter(lambda x, _: f"{x:+g}".replace("-", "−") if x else "0")
        axis.set_xlabel(f"futures of {of} that survive {later}, more or fewer")
        changes: Any = {"transform": axis.transAxes, "fontsize": NOTE, "fontweight": "bold", "va": "bottom"}
        axis.text(1.01, 1.005, "what changes", **changes)
        about = f"What would make it survive? Each by itself, {later}, beside the same futures as they are."
        axis.annotate(
            fitted(say(about), WIDE - 0.2), (0.01, 1.0), xycoords=("figure fraction", "axes fraction"),
            xytext=(0, 16), textcoords="offset points", va="bottom",
        )  # fmt: skip
        headline(figure, say(of_interventions(found)), note=say(_footer(found)))
    return figure


def _scaled(use: Use, of: int) -> Estimate:
    return Estimate(*(of * x for x in use.difference))


def _footer(found: Interventions) -> str:
    setting = found.scenario
    return (
        f"{setting.title}: {found.futures} simulated futures, the same in every row; seed {found.seed}. One step is a "
        "tenth of the range. Filled: clearly more survive (blue) or fewer (orange). Lines: 95% intervals for chance "
        "between futures, not doubt about the world. As far as it helps: by the fewest steps that are not clearly "
        "worse than all of them. Most ranges are a matter of judgement."
    )
