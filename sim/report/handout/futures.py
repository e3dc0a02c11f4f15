"""What a handout shows: how every future went at every point of the grid, and one future of each month by month."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.analysis.interventions.result import Shares
from sim.base.intervals import Estimate, paired_share_interval
from sim.experiments.comparison import compare
from sim.experiments.environment import Environment
from sim.experiments.verdict import COLLAPSED, SURVIVED, Verdict
from sim.experiments.workers import Workers
from sim.model.calendar import calendar
from sim.model.record import Record
from sim.report.handout.choices import Grid, settings
from sim.scenario.scenario import Scenario

Codes = NDArray[np.int8]
"""How futures went, as numbers of ``Verdict``."""

FUTURES = 100
"""Futures of a handout, a small figure each."""


@dataclass(frozen=True)
class Went:
    """How the futures went at one point: numbers of ``Verdict``, [futures]; their shares; the change in the share
    that survived from the scenario as it is, paired; mean practised commitment at the rows at which a future is judged;
    and these rows."""

    codes: Codes
    shares: Shares
    difference: Estimate
    practice: tuple[float, float]
    reference: int
    end: int

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many futures never took hold, collapsed and survived."""
        return {verdict: int((self.codes == verdict).sum()) for verdict in Verdict}


@dataclass(frozen=True)
class FutureCache:
    """All futures of a grid. ``months``: of every run. ``records``: of the future shown, at each point, with everyone's
    state; None where the organisation is too large to carry them for every point (then only as it is, and with
    leadership shared). ``future``: its number, ``why``: how it was chosen (``chosen``)."""

    grid: Grid
    scenario: Scenario
    months: int
    seed: int
    futures: int
    went: list[Went]
    records: list[Record | None]
    future: int
    why: int


COLLAPSES_UNLESS_SHARED, DIFFERS, COLLAPSES, FIRST, ASKED = range(5)
"""How the future shown was chosen: the first that collapses as things are and survives where leadership is shared;
else the first in which the two differ; else the first that collapses; else the first of all; or it was asked for."""

MOST_FRAMES = 6_000_000
"""Seats x months x points from which on everyone's months are carried for two points only, so that a file stays
below 5 MB."""


def play(
    scenario: Scenario,
    grid: Grid,
    *,
    futures: int = FUTURES,
    seed: int = 1,
    future: int | None = None,
    workers: Workers | int | None = None,
) -> FutureCache:
    """Run every point of the grid on the same futures, and one of them again with everyone's state.

    ``workers``: who does the work, and who is told of it. Raises ScenarioError for what cannot be run.
    """
    wide = settings(scenario, grid)
    results = compare(wide, futures, seed, keep_months=False, workers=workers).results
    columns = ["reference_month", "practice_before", "practice_after"]
    tables = [results.went(slug, columns) for slug in wide.variants]
    codes = [np.array(table["outcome"], dtype=np.int8) for table in tables]
    survived = [code == SURVIVED for code in codes]
    went = []
    for code, one, table in zip(codes, survived, tables, strict=True):
        before, after, when = (table[name] for name in ("practice_before", "practice_after", "reference_month"))
        means, reference = (float(np.mean(before)), float(np.mean(after))), int(when[0])
        change = paired_share_interval(one, survived[grid.now])
        went.append(Went(code, Shares.of(code), change, means, reference, reference + scenario.measure.horizon))
    number, why = (future, ASKED) if future is not None else chosen(codes[grid.now], codes[grid.shared])
    return FutureCache(
        grid, scenario, wide.months, seed, futures, went, _records(scenario, grid, seed, number), number, why
    )


def in_words(played: FutureCache, labels: str | None) -> FutureCache:
    """The same futures in other words: a name from the library, a file's path, or None for the usual words.

    Raises ScenarioError for labels that cannot be read.
    """
    scenario = played.scenario.with_({} if labels is None else {"labels": labels}, drop=("labels",))
    _ = scenario.words  # so that a mistake in the labels is told here
    return replace(played, scenario=scenario, records=_records(scenario, played.grid, played.seed, played.future))


def _records(scenario: Scenario, grid: Grid, seed: int, future: int) -> list[Record | None]:
    """One future at each point with everyone's state, or at two points only where the organisation is large."""
    wide = settings(scenario, grid)
    environment = Environment(seed)
    within = environment.of(wide, future).organisation
    every = len(within) * (wide.months + 1) * len(wide.variants) <= MOST_FRAMES
    wanted = {
        slug: wide.variant(slug)
        for place, slug in enumerate(wide.variants)
        if every or place in (grid.now, grid.shared)
    }
    asked = [(setting, calendar(setting)) for setting in wanted.values()]
    records = dict(zip(wanted, environment.together(asked, future, keep="people"), strict=True))
    return [records.get(slug) for slug in wide.variants]


def chosen(as_it_is: Codes, shared: Codes) -> tuple[int, int]:
    """The future to show and how it was chosen, from how the futures go as things are and with leadership shared."""
    for why, found in (
        (COLLAPSES_UNLESS_SHARED, (as_it_is == COLLAPSED) & (shared == SURVIVED)),
        (DIFFERS, as_it_is != shared),
        (COLLAPSES, as_it_is == COLLAPSED),
    ):
        if found.any():
            return int(np.argmax(found)), why
    return 0, FIRST
