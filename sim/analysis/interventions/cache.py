"""How every future went under combinations of interventions: run when first asked for, and remembered."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.interventions.intervention import Intervention, combined
from sim.analysis.interventions.search import Combination
from sim.base.arrays import Bools, Floats
from sim.experiments.chunks import Results
from sim.experiments.comparison import compare
from sim.experiments.ensemble import BASE
from sim.experiments.verdict import SURVIVED
from sim.experiments.workers import Workers
from sim.scenario.scenario import Scenario, ScenarioError

Codes = NDArray[np.int8]
"""How futures went, as numbers of ``Verdict``."""


TOGETHER = 120
"""Combinations compared at a time."""


class FutureCache:
    """The futures of a scenario under combinations of interventions, all on the same draws.

    Unless an executor is at work, threads are: the compiled engine runs side by side in them.
    """

    def __init__(self, scenario: Scenario, interventions: Sequence[Intervention], seed: int, workers: Workers) -> None:
        self._interventions, self._seed = interventions, seed
        self._workers = replace(workers, where="threads")
        self._scenario = _alone(scenario)
        self._known: dict[Combination, Floats] = {}
        """[2, futures]: the number of the ``Verdict`` and the retention; NaN where not known yet."""

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
        for (ground, start), group in self._missing(combinations, first, stop).items():
            for i in range(0, len(group), TOGETHER):
                self._play(ground, group[i : i + TOGETHER], start, stop)
        return np.array([self._known[each][:, first:stop] for each in combinations]).reshape(-1, 2, stop - first)

    def _missing(
        self, combinations: Iterable[Combination], first: int, stop: int
    ) -> dict[tuple[Combination, int], list[Combination]]:
        """What is not known yet, grouped by the part that changes the organisation and by the first unknown future.

        Those that share an organisation are compared together, so that each future's is made once.
        """
        out: dict[tuple[Combination, int], list[Combination]] = {}
        for each in dict.fromkeys(combinations):
            known = self._known.get(each, np.empty((2, 0)))
            if known.shape[1] < stop:
                known = self._known[each] = np.hstack([known, np.full((2, stop - known.shape[1]), np.nan)])
            unknown = np.flatnonzero(np.isnan(known[0, first:stop]))
            if len(unknown):
                ground = tuple(
                    (intervention, tenths)
                    for intervention, tenths in each
                    if _moves_seats(self._interventions[intervention])
                )
                out.setdefault((ground, first + int(unknown[0])), []).append(each)
        return out

    def _play(self, ground: Combination, group: Sequence[Combination], first: int, stop: int) -> None:
        slugs = {str(i): each for i, each in enumerate(group) if each != ground}
        variants = {slug: self._changes([item for item in each if item not in ground]) for slug, each in slugs.items()}
        scenario = self._scenario.with_(self._changes(ground) | {"variants": variants})
        results = compare(
            scenario, range(first, stop), self._seed, keep_months=False, workers=self._workers,
            size=-(-(stop - first) // (2 * self._workers.cores)),
        ).results  # fmt: skip
        played = ({BASE: ground} if ground in group else {}) | slugs
        for slug, each in played.items():
            self._known[each][:, first:stop] = self._read(results, slug, each)

    def _changes(self, combination: Iterable[tuple[int, int]]) -> dict[str, Any]:
        return combined([(self._interventions[intervention], tenths) for intervention, tenths in combination])

    def _read(self, results: Results, slug: str, combination: Combination) -> Floats:
        """Numbers of ``Verdict`` and retention, [2, futures]."""
        try:
            table = results.went(slug, ["retention"])
        except ScenarioError as error:
            interventions = (
                ", ".join(self._interventions[intervention].slug for intervention, _ in combination)
                or "no intervention"
            )
            raise ScenarioError(f"with {interventions}, {error}") from None
        return np.array([table["outcome"], np.nan_to_num(np.array(table["retention"], dtype=np.float64))])


def _alone(scenario: Scenario) -> Scenario:
    """The scenario without its variants, still judged at its present month whatever else is changed."""
    judged = {} if scenario.random_departures else {"measure.reference_month": scenario.reference_month}
    return scenario.with_(judged, drop=("variants",))


def _moves_seats(intervention: Intervention) -> bool:
    """Whether an intervention changes the organisation."""
    return any(key.startswith("organisation.") for key in intervention.now)
