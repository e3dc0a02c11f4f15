"""Answers for the live page: the document it begins with, and what comes of levers."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.interventions.result import Shares
from sim.base.arrays import Floats
from sim.base.intervals import paired_share_interval
from sim.experiments.environment import Environment, Remembered
from sim.experiments.verdict import SURVIVED, Verdict, judge
from sim.experiments.workers import Workers
from sim.interface.app.request import Ground, Query, Settings
from sim.model import engine
from sim.model.calendar import calendar
from sim.organisation.generate import organisation
from sim.report.handout.choices import Grid, choices
from sim.report.handout.document import document, events, frames, packed, percents
from sim.report.handout.futures import play
from sim.report.handout.words import words
from sim.scenario.scenario import Scenario

FUTURES = 200
"""Futures of every answer."""

REMEMBERED = 2000
"""Answers that are kept for the next visitor who asks the same; none of an organisation of a visitor's own."""

BEGUN = 20
"""Documents to begin with that are kept."""

SHAPES, SEEDS = 2 * FUTURES, 4
"""Organisations with their draws that are kept: those of two scenarios."""


TOLD = ("slug", "title", "meaning", "unit", "low", "high", "step", "now", "shared", "best", "switch")
"""What the page is told of a lever."""


@dataclass(frozen=True)
class Outcomes:
    """How the futures came out.

    codes: numbers of ``Verdict``, [futures]. practice: practised commitment at the two months that are compared,
    ``reference`` and ``end``, [futures, 2].
    """

    codes: NDArray[np.int8]
    practice: Floats
    reference: int
    end: int


class Answers:
    """Plays what is asked for and remembers the last answers. Several threads may ask at once.

    workers: threads of its own; one a core if None. futures: of every answer.
    """

    def __init__(self, workers: int | None = None, futures: int = FUTURES) -> None:
        self._number = futures
        cores = Workers(workers).cores
        self._threads = ThreadPoolExecutor(cores)
        self._workers = Workers(cores, self._threads)
        self._outcomes = Remembered[Outcomes](REMEMBERED)
        self._environments = Remembered[Environment](SEEDS)
        self._begun = Remembered[dict[str, Any]](BEGUN)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(cancel_futures=True)

    def start(self, query: Query) -> dict[str, Any]:
        """The document that the page begins with: as it is, and with leadership shared; every lever free.

        Raises ScenarioError for what cannot be run.
        """
        return self._begun.get(query.key, lambda: self._start(query))

    def _start(self, query: Query) -> dict[str, Any]:
        with query.ground() as ground:
            of = tuple(choices(ground.scenario, query.seed))
            points = dict.fromkeys([tuple(choice.now for choice in of), tuple(choice.shared for choice in of)])
            played = play(ground.scenario, Grid(of, tuple(points), ()), futures=self._number, seed=query.seed)
            made = document(played, words(played))
            notes = organisation(ground.scenario, query.seed, 0).notes if query.own else []
            levers = [{name: getattr(lever, name) for name in TOLD} for lever in ground.levers]
            return made | {"levers": levers, "singles": [], "notes": notes}

    def point(
        self, query: Query, settings: Mapping[str, Any], against: Mapping[str, Any], future: int
    ) -> dict[str, Any]:
        """What comes of levers, compared with what comes of others, and one future of it month by month.

        Raises ScenarioError for what cannot be run.
        """
        with query.ground() as ground:
            outcomes, base = self._pair(query, ground, settings, against)
            setting = ground.at(ground.checked(settings))
            record = engine.run(setting, seed=query.seed, future=future, keep="people")
            live = record.live
            return self._odds(outcomes, base) | {
                "outcomes": "".join(Verdict(code).letter for code in outcomes.codes),
                "survived": percents(Shares.of(outcomes.codes).survived),
                "practice": percents(tuple(outcomes.practice.mean(axis=0))),
                "reference": outcomes.reference,
                "end": outcomes.end,
                "months": setting.months,
                "frames": frames(record),
                "events": events(record),
                "live": packed(live) if live is not None and live.shape[1] else None,
            }

    def odds(self, query: Query, settings: Mapping[str, Any], against: Mapping[str, Any]) -> dict[str, Any]:
        """How the futures go with levers set, and the difference in survival from others; without a future to show.

        Raises ScenarioError for what cannot be run.
        """
        with query.ground() as ground:
            return self._odds(*self._pair(query, ground, settings, against))

    def _pair(
        self, query: Query, ground: Ground, settings: Mapping[str, Any], against: Mapping[str, Any]
    ) -> tuple[Outcomes, Outcomes]:
        one, other = ground.checked(settings), ground.checked(against)
        outcomes = self.futures(query, ground, one)
        return outcomes, outcomes if one == other else self.futures(query, ground, other)

    def _odds(self, outcomes: Outcomes, base: Outcomes) -> dict[str, Any]:
        return {
            "counts": {verdict.letter: int((outcomes.codes == verdict).sum()) for verdict in Verdict},
            "difference": percents(paired_share_interval(outcomes.codes == SURVIVED, base.codes == SURVIVED)),
        }

    # -- Running ---------------------------------------------------------------------------------------------

    def futures(self, query: Query, ground: Ground, settings: Settings) -> Outcomes:
        """How the futures go with levers set (``Ground.checked``), remembered but for organisations of one's own."""
        key = query.key and (*query.key, *sorted(settings.items()))
        return self._outcomes.get(key, lambda: self._run(query, ground.at(settings)))

    def _run(self, query: Query, setting: Scenario) -> Outcomes:
        when, month = calendar(setting), setting.reference_month
        environment = self._environment(query)

        def some(futures: range) -> list[tuple[int, float, float]]:
            found = []
            for future in futures:
                record = environment.play(setting, future, calendar=when)
                practice = record.monthly["practice"]
                judged = judge(practice, setting, month)
                found.append((int(judged.outcome), judged.practice_before, judged.practice_after))
            return found

        cut = -(-self._number // (2 * self._workers.cores))
        parts = [range(first, min(first + cut, self._number)) for first in range(0, self._number, cut)]
        found = np.array([row for part in self._workers.map(some, parts) for row in part])
        return Outcomes(found[:, 0].astype(np.int8), found[:, 1:], month, month + setting.measure.horizon)

    def _environment(self, query: Query) -> Environment:
        """Organisations and draws by seed, remembered but for organisations of one's own."""
        if not query.key:
            return Environment(query.seed)
        return self._environments.get(query.seed, lambda: Environment(query.seed, SHAPES))
