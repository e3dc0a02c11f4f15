"""What a kit tells of a handout's futures: how all went with levers as they are, with leadership shared and with each
tried alone or with others; and one future of the first two month by month. The page plays the same numbers itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.analysis.interventions.result import Shares
from sim.base.intervals import Estimate, paired_share_interval
from sim.experiments.comparison import compare
from sim.experiments.ensemble import shortened
from sim.experiments.environment import Environment
from sim.experiments.verdict import COLLAPSED, SURVIVED, Verdict
from sim.experiments.workers import Workers
from sim.model.record import Record
from sim.report.handout.levers import Lever, keys_of, levers, set_to
from sim.scenario.parameters import tables
from sim.scenario.scenario import Scenario

Codes = NDArray[np.int8]
"""How futures went, as numbers of ``Verdict``."""

Moved = Mapping[str, float | None]
"""Levers that do not stand as they are, with their values."""


@dataclass(frozen=True)
class Went:
    """How the futures went with some levers moved: numbers of ``Verdict``, [futures]; their shares; the change in the
    share that survived from the scenario as it is, paired; mean practised commitment at the rows at which a future is
    judged; and these rows."""

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
class Played:
    """The futures of a kit. ``points``: which levers were moved, nothing first; ``went``: how it went, a point each.

    ``future``: the number of the one shown; ``records``: of it, as it is and with leadership shared.
    """

    scenario: Scenario
    levers: tuple[Lever, ...]
    seed: int
    futures: int
    points: tuple[Moved, ...]
    went: tuple[Went, ...]
    future: int
    records: tuple[Record, Record]

    @property
    def now(self) -> Went:
        """As things are."""
        return self.went[0]

    @property
    def shared(self) -> Went:
        """With leadership shared."""
        return self.went[self.points.index(sharing(self.levers))]

    @property
    def is_shared(self) -> bool:
        """Whether leadership is shared already, so that there is nothing to compare with."""
        return not sharing(self.levers)

    @cached_property
    def alone(self) -> list[tuple[Lever, float | None, Went]]:
        """Each lever tried by itself."""
        by_slug = {lever.slug: lever for lever in self.levers}
        return [
            (by_slug[slug], value, went)
            for moved, went in zip(self.points, self.went, strict=True)
            if len(moved) == 1 and next(iter(moved)) in by_slug
            for slug, value in moved.items()
            if value in by_slug[slug].tries
        ]


def sharing(of: tuple[Lever, ...]) -> Moved:
    """What sharing leadership moves."""
    return {lever.slug: lever.shared for lever in of if lever.shared != lever.now}


def points(of: tuple[Lever, ...]) -> tuple[Moved, ...]:
    """Nothing moved; leadership shared; the other months of the departure; every combination of the other tries."""
    tried = [lever for lever in of if lever.tries and lever.kind != "when"]
    found: list[Moved] = [{}, sharing(of)]
    found += [{lever.slug: value} for lever in of if lever.kind == "when" for value in lever.tries]
    for values in product(*((lever.now, *lever.tries) for lever in tried)):
        found.append({t.slug: value for t, value in zip(tried, values, strict=True) if value != t.now})
    return tuple(moved for i, moved in enumerate(found) if moved not in found[:i])


def play(scenario: Scenario, *, futures: int, seed: int = 1, workers: Workers | int | None = None) -> Played:
    """Play every point on the same futures, and one future again with everyone's state.

    ``workers``: who does the work, and who is told of it. Raises ScenarioError for what cannot be run.
    """
    scenario = scenario.with_(drop=("variants",))
    of = tuple(levers(scenario, seed))
    moved = points(of)
    wide = variants(scenario, of, moved)
    results = compare(wide, futures, seed, keep_months=False, workers=workers).results
    columns = ["reference_month", "practice_before", "practice_after"]
    tables = [results.went(slug, columns) for slug in wide.variants]
    survived = [np.array(table["outcome"], dtype=np.int8) == SURVIVED for table in tables]
    went = []
    for one, table in zip(survived, tables, strict=True):
        code = np.array(table["outcome"], dtype=np.int8)
        before, after, when = (table[name] for name in ("practice_before", "practice_after", "reference_month"))
        means, reference = (float(np.mean(before)), float(np.mean(after))), int(when[0])
        change = paired_share_interval(one, survived[0])
        went.append(Went(code, Shares.of(code), change, means, reference, reference + scenario.measure.horizon))
    future = chosen(went[0].codes, went[moved.index(sharing(of))].codes)
    return Played(scenario, of, seed, futures, moved, tuple(went), future, _records(scenario, of, seed, future))


def variants(scenario: Scenario, of: tuple[Lever, ...], moved: tuple[Moved, ...]) -> Scenario:
    """The scenario with each point as a variant, named by its place; all as long as the longest needs."""
    keys = [keys_of(scenario, each, of) for each in moved]
    latest = max(each["measure.reference_month"] for each in keys)
    alone = shortened(scenario)
    named = {f"p{place}": tables(each) for place, each in enumerate(keys)}
    return alone.with_({"months": max(alone.months, latest + scenario.measure.horizon), "variants": named})


def in_words(played: Played, labels: str | None) -> Played:
    """The same futures in other words: a name from the library, a file's path, or None for the usual words.

    Raises ScenarioError for labels that cannot be read.
    """
    scenario = played.scenario.with_({} if labels is None else {"labels": labels}, drop=("labels",))
    _ = scenario.words  # so that a mistake in the labels is told here
    return replace(played, scenario=scenario, records=_records(scenario, played.levers, played.seed, played.future))


def _records(scenario: Scenario, of: tuple[Lever, ...], seed: int, future: int) -> tuple[Record, Record]:
    """One future with everyone's state, as it is and with leadership shared."""
    environment = Environment(seed)
    settings = [set_to(scenario, moved, of) for moved in ({}, sharing(of))]
    together = [(setting, environment.calendar(setting)) for setting in settings]
    one, other = environment.together(together, future, keep="people")
    return one, other


def chosen(as_it_is: Codes, shared: Codes) -> int:
    """The future to show, from how the futures go as things are and with leadership shared: the first that collapses
    and is saved by sharing; else the first in which the two differ; else the first that collapses; else the first."""
    for found in ((as_it_is == COLLAPSED) & (shared == SURVIVED), as_it_is != shared, as_it_is == COLLAPSED):
        if found.any():
            return int(np.argmax(found))
    return 0
