"""How every future went under combinations of interventions: run when first asked for, and remembered."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import batched
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.interventions.intervention import Intervention, clash, combined
from sim.analysis.interventions.search import Combination
from sim.base.arrays import Bools, Floats
from sim.experiments.chunks import Results
from sim.experiments.comparison import compare
from sim.experiments.ensemble import BASE, shortened
from sim.experiments.verdict import SURVIVED
from sim.experiments.workers import Workers
from sim.scenario.scenario import Scenario, ScenarioError

Codes = NDArray[np.int8]
"""How futures went, as numbers of ``Verdict``."""


TOGETHER = 400
"""Combinations compared at a time."""


class FutureCache:
    """The futures of a scenario under combinations of interventions, all on the same draws.

    ``since``: the month from which interventions are in force. Unless an executor is at work, threads are: the compiled
    engine runs side by side in them.
    """

    def __init__(
        self,
        scenario: Scenario,
        interventions: Sequence[Intervention],
        seed: int,
        workers: Workers,
        since: int = 0,
    ) -> None:
        self._interventions, self._seed, self._since = interventions, seed, since
        self._workers = replace(workers, where="threads")
        self._scenario = _alone(scenario)
        self._known: dict[Combination, Floats] = {}
        """[2, futures]: the number of the ``Verdict`` and the retention; NaN where not known yet."""

    def alone(self, uses: Iterable[tuple[Intervention, int]]) -> list[Combination]:
        """Some interventions, each by so many tenths, as a combination each."""
        return [((self._interventions.index(intervention), tenths),) for intervention, tenths in uses]

    def clash(self, one: int, other: int) -> bool:
        """Whether two interventions, by number, exclude each other."""
        return clash(self._interventions[one], self._interventions[other])

    def survived(self, combinations: Sequence[Combination], futures: int) -> Bools:
        """Whether the change survived in each of the first futures, [combinations, futures]."""
        survived: Bools = self.went(combinations, 0, futures) == SURVIVED
        return survived

    def went(self, combinations: Sequence[Combination], first: int, stop: int) -> Codes:
        """How the futures ``first`` to ``stop - 1`` went, [combinations, futures], as numbers of ``Verdict``.

        Raises ScenarioError if a run fails.
        """
        return self._found(combinations, first, stop)[:, 0].astype(np.int8)

    def retention(self, combinations: Sequence[Combination], first: int, stop: int) -> Floats:
        """The share of practised commitment left in those futures, [combinations, futures]; 0 of nothing."""
        return self._found(combinations, first, stop)[:, 1]

    def _found(self, combinations: Sequence[Combination], first: int, stop: int) -> Floats:
        missing: dict[int, list[Combination]] = {}
        for each in dict.fromkeys(combinations):
            known = self._known.get(each, np.empty((2, 0)))
            if known.shape[1] < stop:
                known = self._known[each] = np.hstack([known, np.full((2, stop - known.shape[1]), np.nan)])
            unknown = np.flatnonzero(np.isnan(known[0, first:stop]))
            if len(unknown):
                missing.setdefault(first + int(unknown[0]), []).append(each)
        for start, group in missing.items():
            for some in batched(group, TOGETHER):
                self._play(some, start, stop)
        return np.array([self._known[each][:, first:stop] for each in combinations]).reshape(-1, 2, stop - first)

    def _play(self, group: Sequence[Combination], first: int, stop: int) -> None:
        slugs = {str(i) if each else BASE: each for i, each in enumerate(group)}
        variants = {slug: self._changes(each) for slug, each in slugs.items() if each}
        results = compare(
            self._scenario.with_({"variants": variants}), range(first, stop), self._seed, keep_months=False,
            workers=self._workers, size=-(-(stop - first) // self._workers.cores),
        ).results  # fmt: skip
        for slug, each in slugs.items():
            self._known[each][:, first:stop] = self._read(results, slug, each)

    def _changes(self, combination: Combination) -> dict[str, Any]:
        each = [(self._interventions[intervention], tenths) for intervention, tenths in combination]
        return combined(each, self._since)

    def _read(self, results: Results, slug: str, combination: Combination) -> Floats:
        """Numbers of ``Verdict`` and retention, [2, futures]."""
        try:
            table = results.went(slug, ["retention"])
        except ScenarioError as error:
            named = ", ".join(self._interventions[i].slug for i, _ in combination) or "no intervention"
            raise ScenarioError(f"with {named}, {error}") from None
        return np.array([table["outcome"], np.nan_to_num(np.array(table["retention"], dtype=np.float64))])


def _alone(scenario: Scenario) -> Scenario:
    """The scenario without its variants, still judged at its present month whatever else is changed."""
    judged = {} if scenario.random_departures else {"measure.reference_month": scenario.reference_month}
    return shortened(scenario.with_(judged, drop=("variants",)))
