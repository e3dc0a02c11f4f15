"""The pictures of a page, each a figure that is read without its colours, and how a figure becomes part of a page."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.analysis.dependency.readings import Reading
from sim.analysis.interventions.result import Interventions
from sim.analysis.outcomes import OUTCOMES
from sim.base.intervals import Estimate
from sim.experiments.reading import Run
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED
from sim.model.ledger import FALL, RISE
from sim.report.director.gather import Found, role_flow
from sim.report.director.page import Picture
from sim.report.numbers import out_of, span
from sim.report.plots.style import (
    BLUE,
    GREY,
    INK,
    NOTE,
    OF_ROLE,
    ORANGE,
    WIDE,
    drawing,
    fitted,
    interval,
    name_ends,
    name_mark,
    outcome_bars,
    svg,
)
from sim.report.words.comparison import ended
from sim.report.words.interventions import ranked
from sim.scenario.labels import capital
from sim.scenario.roles import KINDS, Role

NARROW = 5.8
"""Inches of a picture that does not take the whole width of the page."""


def picture(name: str, figure: Figure, alt: str, caption: str, wide: bool = False) -> Picture:
    """A figure as a picture of the page."""
    return Picture(name, svg(figure, name), alt, caption, wide)


def answers(run: Run, titles: dict[str, str]) -> Figure:
    """A bar for each variant: of 100 futures, how many survived, collapsed, never took hold."""
    rows, of = run.whole.rows, out_of(run.whole.number)
    shares = [ended(row, of) for row in rows]
    names = [fitted(titles[row["variant"]], 2.0) for row in rows]
    with drawing((NARROW, 0.9 + 0.4 * len(rows))) as figure:
        axis = figure.subplots()
        outcome_bars(axis, names, shares, of, 9, 0.05)
        axis.set_xlabel(f"of {of} futures")
        never = any(share[NEVER] for share in shares)
        name_ends(axis, {0.0: SURVIVED, 0.4: COLLAPSED, 1.0: NEVER} if never else {0.0: SURVIVED, 1.0: COLLAPSED})
    return figure


def rests(parts: Sequence[Reading], say: Callable[[str], str]) -> Figure:
    """Causal dependency on the director and every role: a ring for an empty seat, a square for a sceptic in it."""
    with drawing((NARROW, 1.2 + 0.42 * len(parts))) as figure:
        axis = figure.subplots()
        for place, part in enumerate(parts):
            interval(axis, part.dependency, place - 0.14, "o", "white", markersize=7)
            interval(axis, part.sceptic, place + 0.14, "s", ORANGE, markersize=7)
        axis.set_yticks(range(len(parts)), [fitted(capital(say(part.group.title)), 1.7) for part in parts])
        axis.set_ylim(len(parts) - 0.4, -0.6)
        for at, words in ((0.0, "nothing\nlost"), (1.0, "all\nlost")):
            axis.axvline(at, color=INK, linewidth=1.0, linestyle="-" if at == 0.0 else ":")
            axis.text(at, 1.0, words, transform=axis.get_xaxis_transform(), ha="center", va="bottom", fontsize=NOTE)
        axis.xaxis.set_major_formatter(lambda x, _: f"{100 * x:.0f}%".replace("-", "−"))
        axis.grid(axis="x", color=GREY, alpha=0.3)
        axis.set_axisbelow(True)
        axis.set_xlabel(say("share lost of what director and programme add"))
        name_mark(axis, parts[0].dependency, -0.14, "seats empty")
        name_mark(axis, parts[0].sceptic, 0.16, "sceptics in them")
    return figure


SHOWN = 0.03
"""The share of all movement along links, in the base or beside it, from which a role has a panel."""


def leading(found: Found) -> list[Role]:
    """The roles that moved people enough to be drawn, the one that moved most first."""
    share = np.max([role_flow(found.run, slug, 1, found.scenario.months) for slug in found.shown], axis=0)
    return sorted((role for role in Role if share[role] >= SHOWN), key=lambda role: (-float(share[role]), role))


def led(found: Found) -> Figure:
    """A panel a role: how much commitment it moved each month, up above the line and down below it."""
    run, words = found.run, found.scenario.words
    base, best = run.detail.flows("base"), None if found.best is None else run.detail.flows(found.best)
    assert base is not None
    roles = leading(found)
    columns = 2
    rows = max(1, -(-len(roles) // columns))
    with drawing((NARROW, 1.0 + 1.6 * rows)) as figure:
        axes = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
        for axis, role in zip(axes, roles, strict=False):
            for flows, colour, dashes in ((base, INK, "-"), (best, BLUE, (0, (3, 1.5)))):
                if flows is None:
                    continue
                moved = flows.by_month[1:, role, : len(KINDS)].sum(axis=1)
                months = np.arange(1, len(moved) + 1)
                for sign in (RISE, FALL):
                    axis.plot(months, moved[:, sign], color=colour, linestyle=dashes, linewidth=1.6)
                    if flows is base:
                        axis.fill_between(
                            months, moved[:, sign], color=OF_ROLE.get(role, GREY), alpha=0.45, linewidth=0
                        )
            axis.axhline(0.0, color=INK, linewidth=0.8)
            if not found.scenario.random_departures:
                axis.axvline(found.month, color=INK, linestyle=":", linewidth=1.2)
            axis.set_title(
                fitted(capital(words.role(role, several=role > Role.LEAD_MEMBER)), 2.4, bold=True), fontweight="bold"
            )
            step = 24 if found.scenario.months > 48 else 12
            ticks = range(0, found.scenario.months + 1, step)
            axis.set_xticks(ticks, [f"{month // 12}" for month in ticks])
        for axis in axes[len(roles) :]:
            axis.set_axis_off()
        figure.supxlabel("years", fontsize=9)
        figure.supylabel("commitment moved a month", fontsize=9)
        handles = [Line2D([], [], color=INK, label=fitted(found.titles["base"], 4.5))]
        if best is not None and found.best is not None:
            label = fitted(found.titles[found.best], 4.5)
            handles.append(Line2D([], [], color=BLUE, linestyle=(0, (3, 1.5)), label=label))
        figure.legend(handles=handles, loc="outside upper left", ncols=1, frameon=False)
    return figure


def theory(found: Found) -> Figure:
    """A panel an outcome: each variant from the reference month (ring) to the end (dot)."""
    slugs = list(found.theory)
    columns = 2
    rows = -(-(len(OUTCOMES) + 1) // columns)
    names = [fitted(found.titles[slug], 1.7, NOTE) for slug in slugs]
    tall = max(0.24, 0.04 + max(name.count("\n") + 1 for name in names) * 1.25 * NOTE / 72)
    with drawing((WIDE, rows * (0.6 + tall * len(slugs)) + 0.3)) as figure:
        axes = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
        for i, (axis, definition) in enumerate(zip(axes, OUTCOMES.values(), strict=False)):
            for place, slug in enumerate(slugs):
                before, after = found.theory[slug][:, i].mean(axis=0)
                _moved(axis, place, before, after, INK if slug == "base" else BLUE)
            axis.set_title(fitted(definition.title, 2.6, bold=True), fontweight="bold")
            axis.set_yticks(range(len(slugs)), names, fontsize=NOTE)
            axis.tick_params(axis="x", labelsize=NOTE)
            axis.set_ylim(len(slugs) - 0.5, -0.5)
            largest = max(float(np.nan_to_num(each[:, i].mean(axis=0)).max()) for each in found.theory.values())
            axis.set_xlim(0.0, 1.08 * largest or 1.0)
            axis.locator_params(axis="x", nbins=5)
            axis.grid(axis="both", color=GREY, alpha=0.25, linewidth=0.6)
        key, *rest = axes[len(OUTCOMES) :]
        for axis in (key, *rest):
            axis.set_axis_off()
        middle = (len(slugs) - 1) / 2
        _moved(key, middle, 0.25, 0.75, BLUE)
        key.set_xlim(0.0, 1.0)
        for at, words in ((0.25, "at the\nreference month"), (0.75, f"{span(found.scenario.measure.horizon)}\nlater")):
            key.annotate(words, (at, middle), xytext=(0, -8), textcoords="offset points", ha="center", va="top")
    return figure


def _moved(axis: Axes, place: float, before: float, after: float, colour: str) -> None:
    """A ring before, a dot after, and a line between them."""
    axis.plot([before, after], [place, place], color=INK, linewidth=1.0)
    axis.plot([before], [place], "o", markerfacecolor="white", markeredgecolor=INK, markersize=5)
    axis.plot([after], [place], "o", color=colour, markersize=5.5)


MOST = 12
"""Interventions in a picture, beside those that do harm."""


def interventions(search: Interventions) -> Figure:
    """The interventions that gain most alone, and those that do harm: how many more futures survive (95% intervals)."""
    of, ranks, say = out_of(search.futures), ranked(search), search.scenario.words.say
    rows = [*ranks[:MOST], *(row for row in ranks[MOST:] if row[2].harms)]
    with drawing((NARROW, 0.9 + 0.36 * len(rows))) as figure:
        axis = figure.subplots()
        for place, (_, _, use) in enumerate(rows):
            filled = BLUE if use.helps else ORANGE if use.harms else "white"
            interval(axis, Estimate(*(of * x for x in use.difference)), place, "s", filled, markersize=7)
        axis.axvline(0.0, color=INK, linewidth=1.0)
        axis.set_yticks(range(len(rows)), [fitted(say(each.entry.title), 2.2) for each, _, _ in rows])
        axis.set_ylim(len(rows) - 0.5, -0.5)
        axis.grid(axis="x", color=GREY, alpha=0.3)
        axis.set_xlabel(f"more or fewer of {of} futures survive at {span(search.scenario.measure.horizon)}")
    return figure
