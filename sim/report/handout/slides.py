"""Slide-size pictures of a handout: 1920 by 1080, to be read from the back of a room, each told without its colours."""

import textwrap
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED, Verdict
from sim.model.record import Record
from sim.report.handout.futures import Played, Went
from sim.report.handout.levers import Lever, said
from sim.report.handout.words import held_by_one, marked, title_of
from sim.report.numbers import span, whole
from sim.report.plots.people import draw_people
from sim.report.plots.style import BLUE, INK, LOOKS, STYLE, drawing, name_ends, outcome_bars

SLIDE: Any = STYLE | {"font.size": 20, "axes.titlesize": 24, "axes.titlelocation": "left", "hatch.linewidth": 0.8}
SIZE, DPI = (16.0, 9.0), 120
ACROSS = 10

_HEAD = Path.circle((0.0, 0.62), 0.3)
_BODY = Path(
    [(-0.5, -1.0), (-0.5, -0.1), (-0.38, 0.2), (0.0, 0.2), (0.38, 0.2), (0.5, -0.1), (0.5, -1.0), (-0.5, -1.0)],
    [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.CLOSEPOLY],
)
STANDING = Path.make_compound_path(_HEAD, _BODY)
FALLEN = STANDING.transformed(Affine2D().rotate_deg(-90))


def organisation_picture(played: Played) -> Figure:
    """Who is where just before the director leaves: roles by shape, commitment by colour, leadership by size."""
    record, _ = played.records
    month = played.now.reference
    say = played.scenario.words.say
    with drawing(SIZE, SLIDE | {"font.size": 17}, dpi=DPI) as figure:
        leadership = np.nan_to_num(record.people["leadership"][month])
        leads = (leadership >= 0.5) & (record.people["commitment"][month] > 0.5)
        size = (16_000 / max(len(leadership), 60)) * (0.5 + 3.0 * leadership)
        shades, lines = draw_people(figure.subplots(), record, month, size, label_size=17, ringed=leads)
        bar = figure.colorbar(shades, ax=figure.axes[0], location="bottom", shrink=0.3, aspect=30, pad=0.01)
        bar.set_label("commitment to the change; larger: leads more; ringed: leads the change")
        bar.ax.xaxis.set_major_formatter(lambda x, _: f"{100 * x:.0f}%")
        below: Any = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.0), "columnspacing": 1.4}
        figure.axes[0].legend(handles=lines, ncols=4, frameon=False, fontsize=17, **below)
        _title(figure, say("The organisation just before the director leaves"))
    return figure


def one_future(played: Played) -> Figure:
    """The future shown: practised commitment and momentum, as it is and with leadership shared."""
    say, went, measure = played.scenario.words.say, played.now, played.scenario.measure
    looks: tuple[Any, ...] = ((INK, "-"), (BLUE, (0, (5, 1.6))))
    with drawing(SIZE, SLIDE, dpi=DPI) as figure:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
        sides = list(zip(_sides(played), looks, strict=False))
        ends = [100 * record.monthly["practice"][side.end] for (_, side, record), _ in sides]
        for ((label, side, record), (colour, dashes)), end in zip(sides, ends, strict=True):
            rows = np.arange(side.end + 1)
            practice, momentum = (record.monthly[name][: side.end + 1] for name in ("practice", "momentum"))
            above.plot(rows, 100 * practice, color=colour, linestyle=dashes, linewidth=4.0)
            level = 100 * measure.survival * practice[side.reference]
            above.hlines(level, side.reference, side.end, color=colour, linestyle=":", linewidth=1.6)
            near = len(ends) == 2 and abs(ends[0] - ends[1]) < 24
            above.annotate(
                textwrap.fill(f"{label}: {Verdict(side.codes[played.future]).word}", 18), (rows[-1], end),
                xytext=(12, 0), textcoords="offset points", color=colour, fontweight="bold", annotation_clip=False,
                va="center" if not near else "bottom" if end == max(ends) else "top",
            )  # fmt: skip
            below.plot(rows, 100 * momentum, color=colour, linestyle=dashes, linewidth=3.0)
        marks = [mark for mark in marked(played.records[0]) if mark[0] <= went.end]
        for row, (month, short) in enumerate(marks):
            above.axvline(month, color=INK, linestyle=":", linewidth=1.2)
            after = max(other for other, _ in marks if other - month <= 6)  # beside those that come soon after
            x, to = (after + 0.8, "left") if row else (month - 0.8, "right")
            above.text(x, 98 - 8 * max(row - 1, 0), short, ha=to, va="top", fontsize=16)
        for axis in (above, below):
            axis.axvline(went.reference, color=INK, linestyle=":", linewidth=2.0)
            axis.margins(x=0.0)
        below.axhline(0.0, color=INK, linewidth=1.0)
        above.set_ylim(0, 100)
        above.yaxis.set_major_formatter(lambda y, _: f"{y:.0f}%")
        above.set_title("How much of staff’s work is done the new way")
        below.set_title("Momentum: points gained (above the line) or lost a month")
        below.set_xticks(range(0, went.end + 1, 12), [str(month // 12) for month in range(0, went.end + 1, 12)])
        below.set_xlabel("years")
        _title(
            figure,
            say(f"{played.scenario.title}: one future, twice, with the same luck"),
            "Below the dotted line of its colour at the end, the change has collapsed. "
            f"This is future {played.future}, which the page shows.",
        )
    return figure


def all_futures(played: Played) -> Figure:
    """A small figure a future, in the same place on both sides: standing, lying, or faint."""
    say = played.scenario.words.say
    order = np.argsort([_RANK[code] for code in played.now.codes], kind="stable")
    sides = _sides(played)
    with drawing(SIZE, SLIDE, dpi=DPI) as figure:
        rows = figure.subplots(2, len(sides), squeeze=False, height_ratios=[14, 1])
        for axis, (label, went, _) in zip(rows[0], sides, strict=True):
            told = f"{went.counts[COLLAPSED]} of {len(went.codes)} collapsed, {went.counts[SURVIVED]} survived"
            axis.set_title(f"{label}\n{told}", fontsize=24)
            _figures(axis, went, order)
        for outcome in Verdict:
            colour, _ = LOOKS[outcome]
            mark = FALLEN if outcome == COLLAPSED else STANDING
            rows[1, 0].plot([], [], linestyle="", marker=mark, color=colour, markersize=22, label=outcome.word)
        rows[1, 0].legend(loc="center", ncols=3, frameon=False)
        for axis in rows[1]:
            axis.set_axis_off()
        later = span(played.scenario.measure.horizon)
        asked = f"{played.scenario.title}: {played.futures} futures {later} on, each with its own luck"
        _title(figure, say(asked), _unless_moved(played))
    return figure


def one_lever(played: Played) -> Figure:
    """A bar for each setting pulled alone: of all futures, how many survived, collapsed, never took hold."""
    say = played.scenario.words.say
    bars = [(_left(played), played.now)]
    if not played.is_shared:
        moved = sum(lever.now != lever.shared for lever in played.levers)
        bars.append((f"Leadership shared: {moved} of those below, together", played.shared))
    alone = [(say(name_of(lever, value)), went) for lever, value, went in played.alone]
    bars += sorted(alone, key=lambda bar: -bar[1].shares.survived[0])
    with drawing(SIZE, SLIDE | {"font.size": 17}, dpi=DPI) as figure:
        axis = figure.subplots()
        names = [textwrap.fill(label, 46) for label, _ in bars]
        outcome_bars(axis, names, [went.counts for _, went in bars], played.futures, 15, 0.04)
        for row, (_, went) in enumerate(bars[1:], 1):
            axis.text(played.futures * 1.015, row, against(went), va="center", fontsize=17)
        later = span(played.scenario.measure.horizon)
        beside = "to the right: how many more survive (95%: chance between futures)"
        axis.set_xlabel(f"of {played.futures} futures, {later} on; {beside}")
        name_ends(axis, {0.0: SURVIVED, 0.4: COLLAPSED, 1.0: NEVER})
        story = say(f"The story: “{played.scenario.title}”.")
        _title(figure, say(f"{question_of_levers(played)} One lever at a time"), f"{story} {_unless_moved(played)}")
    return figure


PICTURES: dict[str, Callable[[Played], Figure]] = {
    "1-the-organisation": organisation_picture,
    "2-one-future": one_future,
    "3-all-futures": all_futures,
    "4-one-lever-at-a-time": one_lever,
}
"""What to draw, by file name."""

_RANK = {SURVIVED: 0, COLLAPSED: 1, NEVER: 2}
"""Where a future stands among the figures, by how it goes as things are."""


def _figures(axis: Axes, went: Went, order: np.ndarray) -> None:
    down = -(-len(order) // ACROSS)
    for outcome, mark in ((SURVIVED, STANDING), (NEVER, STANDING), (COLLAPSED, FALLEN)):
        places = np.flatnonzero(went.codes[order] == outcome)
        axis.scatter(places % ACROSS, places // ACROSS, s=850, marker=mark, color=LOOKS[outcome][0], linewidths=0)
    axis.set_xlim(-0.6, ACROSS - 0.4)
    axis.set_ylim(down - 0.4, -0.6)
    axis.set_aspect("equal")
    axis.set_axis_off()


def gained(went: Went) -> tuple[int, int, int]:
    """How many more of the futures survive than as it is, and the interval, in whole futures as the page rounds."""
    change, low, high = (whole(len(went.codes) * value) for value in went.difference)
    return change, low, high


def against(went: Went) -> str:
    """What was gained, in words."""
    change, low, high = gained(went)
    told = f"{change:+d} ({low:+d} to {high:+d})".replace("-", "−").replace("+0", "0")
    return told if low > 0 or high < 0 else f"{told}, not clear"


def name_of(lever: Lever, value: float | None) -> str:
    """A lever's value tried alone, by the words of the page."""
    if lever.kind == "when" and value is None:
        return "The director stays"
    return f"{title_of(lever)}: {said(lever, value)}"


def question_of_levers(played: Played) -> str:
    """What the levers are moved for."""
    enough = played.now.counts[SURVIVED] >= 0.8 * played.futures
    return "What would change it?" if enough else "What would have kept it alive?"


def as_it_is(played: Played, but: Collection[str] = ()) -> str:
    """Where the levers stand that are tried."""
    return "; ".join(
        f"{title_of(lever)}: {said(lever, lever.now)}"
        for lever in played.levers
        if lever.tries and lever.slug not in but
    )


def _left(played: Played) -> str:
    return "Leadership held by one person" if held_by_one(played.scenario) else "As things are"


def _sides(played: Played) -> list[tuple[str, Went, Record]]:
    """What is laid side by side, with names: as it is, and with leadership shared if that differs."""
    one, other = played.records
    shared = [] if played.is_shared else [("Leadership shared", played.shared, other)]
    return [(_left(played), played.now, one), *shared]


def _unless_moved(played: Played) -> str:
    return played.scenario.words.say(f"Unless moved: {as_it_is(played, ('when', 'successor', 'continuity'))}.")


def _title(figure: Figure, text: str, also: str = "") -> None:
    words = "A simulation to think with, not a forecast. It rests on one study (Miller et al. 2025) and on assumptions."
    figure.text(0.015, 0.975, text, fontsize=30, fontweight="bold", ha="left", va="top")
    lines = [*textwrap.wrap(also, 160), words]
    figure.text(0.985, 0.015, "\n".join(lines), fontsize=13, color=INK, ha="right", va="bottom")
    below = 0.02 + 0.025 * len(lines)
    figure.get_layout_engine().set(rect=(0.012, below, 0.976, 0.91 - below))  # type: ignore[union-attr, call-arg]
