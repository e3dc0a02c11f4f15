"""Answers for the live page: the document it begins with, and what comes of levers."""

import os
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import engine
from sim.app.asked import Asked, Free, Ground, Settings
from sim.draws import Draws, calendar, draw
from sim.experiments.remedies_found import Shares
from sim.handout.choices import Choice, Grid, choices
from sim.handout.data import LETTERS, document, events, frames, packed, percents
from sim.handout.played import play
from sim.handout.words import words
from sim.measures.survival import OUTCOMES, SURVIVED, judge, paired_share_interval
from sim.organisation import organisation
from sim.scenario import Scenario
from sim.structure import Organisation

FUTURES = 200
"""Futures of every answer."""

REMEMBERED = 2000
"""Answers that are kept for the next visitor who asks the same; none of an organisation of a visitor's own."""

BEGUN = 20
"""Documents to begin with that are kept."""

SHAPES = 2 * FUTURES
"""Organisations with their draws that are kept: those of two scenarios."""

_SURVIVED = OUTCOMES.index(SURVIVED)


@dataclass(frozen=True)
class Gone:
    """How the futures went, as places in OUTCOMES, [futures]; practised commitment, [futures, 2], at the rows at which
    they are judged; and these rows."""

    codes: NDArray[np.int8]
    practice: NDArray[np.float64]
    reference: int
    end: int


class Answers:
    """Runs what is asked for and remembers the last answers. May be asked from several threads at once.

    workers: threads of its own; one a core if None. futures: of every answer.
    """

    def __init__(self, workers: int | None = None, futures: int = FUTURES) -> None:
        self._number = futures
        self._workers = workers or os.cpu_count() or 1
        self._threads = ThreadPoolExecutor(self._workers)
        self._gone: OrderedDict[tuple[Any, ...], Gone] = OrderedDict()
        self._made: OrderedDict[tuple[Any, ...], tuple[Organisation, Draws]] = OrderedDict()
        self._begun: OrderedDict[tuple[Any, ...], dict[str, Any]] = OrderedDict()
        self._lock = Lock()

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(cancel_futures=True)

    def start(self, asked: Asked) -> dict[str, Any]:
        """The document that the page begins with: as it is, and with leadership shared; every lever free.

        Raises ScenarioError for what cannot be run.
        """
        if not asked.own:
            with self._lock:
                if asked.key in self._begun:
                    return self._begun[asked.key]
        made = self._start(asked)
        if not asked.own:
            with self._lock:
                self._begun[asked.key] = made
                while len(self._begun) > BEGUN:
                    self._begun.popitem(last=False)
        return made

    def _start(self, asked: Asked) -> dict[str, Any]:
        with asked.ground() as ground:
            grid = _two(choices(ground.scenario, asked.seed))
            played = play(ground.scenario, grid, runs=self._number, seed=asked.seed)
            made = document(played, words(played))
            notes = organisation(ground.scenario, asked.seed, 0).notes if asked.own else []
            return made | {"levers": [_told(free) for free in ground.free], "singles": [], "notes": notes}

    def point(
        self, asked: Asked, settings: Mapping[str, Any], against: Mapping[str, Any], future: int
    ) -> dict[str, Any]:
        """What comes of levers, compared with what comes of others, and one future of it month by month.

        Raises ScenarioError for what cannot be run.
        """
        with asked.ground() as ground:
            one, other = ground.checked(settings), ground.checked(against)
            gone = self.futures(asked, ground, one)
            base = gone if one == other else self.futures(asked, ground, other)
            setting = ground.at(one)
            record = engine.run(setting, seed=asked.seed, future=future, keep="people")
            live = record.live
            return self._odds(gone, base) | {
                "outcomes": "".join(LETTERS[code] for code in gone.codes),
                "survived": percents(Shares.of(gone.codes).survived),
                "practice": percents(tuple(gone.practice.mean(axis=0))),
                "reference": gone.reference,
                "end": gone.end,
                "months": setting.months,
                "frames": frames(record),
                "events": events(record),
                "live": packed(live) if live is not None and live.shape[1] else None,
            }

    def odds(self, asked: Asked, settings: Mapping[str, Any], against: Mapping[str, Any]) -> dict[str, Any]:
        """How the futures go with levers set, and the difference in survival from others; without a future to show.

        Raises ScenarioError for what cannot be run.
        """
        with asked.ground() as ground:
            return self._odds(*(self.futures(asked, ground, ground.checked(each)) for each in (settings, against)))

    def _odds(self, gone: Gone, base: Gone) -> dict[str, Any]:
        return {
            "counts": {letter: int((gone.codes == i).sum()) for i, letter in enumerate(LETTERS)},
            "difference": percents(paired_share_interval(gone.codes == _SURVIVED, base.codes == _SURVIVED)),
        }

    # -- Running ---------------------------------------------------------------------------------------------

    def futures(self, asked: Asked, ground: Ground, settings: Settings) -> Gone:
        """How the futures go with levers set (``Ground.checked``), remembered but for organisations of one's own."""
        key = (*asked.key, *sorted(settings.items()))
        if not asked.own:
            with self._lock:
                if key in self._gone:
                    self._gone.move_to_end(key)
                    return self._gone[key]
        setting = ground.at(settings)
        gone = self._run(asked, setting)
        if not asked.own:
            with self._lock:
                self._gone[key] = gone
                while len(self._gone) > REMEMBERED:
                    self._gone.popitem(last=False)
        return gone

    def _run(self, asked: Asked, setting: Scenario) -> Gone:
        when, month = calendar(setting), setting.reference_month
        rows = (month, month + setting.measure.horizon)

        def some(futures: range) -> list[tuple[int, float, float]]:
            found = []
            for future in futures:
                within, draws = self._drawn(asked, setting, future)
                record = engine.run(
                    setting, seed=asked.seed, future=future, within=within, when=when, draws=draws
                )  # fmt: skip
                practice = record.monthly["practice"]
                judged = judge(practice, setting, month)
                found.append((OUTCOMES.index(judged.outcome), judged.practice_before, judged.practice_after))
            return found

        cut = -(-self._number // (2 * self._workers))
        parts = [range(first, min(first + cut, self._number)) for first in range(0, self._number, cut)]
        found = np.array([row for part in self._threads.map(some, parts) for row in part])
        return Gone(found[:, 0].astype(np.int8), found[:, 1:], *rows)

    def _drawn(self, asked: Asked, setting: Scenario, future: int) -> tuple[Organisation, Draws]:
        """The organisation and the draws of a future; kept for the next answer where they are nobody's own."""
        if asked.own:
            within = organisation(setting, asked.seed, future)
            return within, draw(within.structure, setting.months, asked.seed, future)
        shape = setting.organisation.model_dump_json(), setting.subscription.enabled, setting.labels, setting.months
        key = (*shape, asked.seed, future)
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        within = organisation(setting, asked.seed, future)
        made = within, draw(within.structure, setting.months, asked.seed, future)
        with self._lock:
            self._made[key] = made
            while len(self._made) > SHAPES:
                self._made.popitem(last=False)
        return made


def _told(free: Free) -> dict[str, Any]:
    names = ("slug", "title", "meaning", "unit", "low", "high", "step", "now", "shared", "best", "switch")
    return {name: getattr(free, name) for name in names}


def _two(of: Sequence[Choice]) -> Grid:
    """The handout's grid with two points only: as it is, and with leadership shared."""
    points = [tuple(choice.now for choice in of), tuple(choice.shared for choice in of)]
    return Grid(tuple(of), tuple(dict.fromkeys(points)), ())
