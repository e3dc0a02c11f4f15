"""What is measured at a point of the parameters, the same futures at all points."""

from typing import Any, NamedTuple

import numpy as np

from sim.analysis.dependency.knockouts import staying
from sim.experiments.verdict import COLLAPSED, NEVER, judge, reference_month
from sim.model import engine
from sim.model.draws import Draws, calendar, draw
from sim.model.removal import EMPTY
from sim.organisation.generate import organisation
from sim.organisation.structure import Organisation
from sim.scenario.scenario import Scenario

OUTCOMES = {
    "collapsed": "the share of futures that collapse",
    "practice": "practised commitment in the end",
    "dependency": "practised commitment lost with the director",
}
"""What is measured, in words. The last is causal dependency before it is divided by what leader and programme make of
the change together: the share is undefined where that is next to nothing, and indices need a number everywhere."""

NEVER_HELD = len(OUTCOMES)
"""The place of the share that never took hold among what is measured."""


class Point(NamedTuple):
    """A task: a scenario, keys to set, how many futures, and their seed."""

    scenario: Scenario
    keys: dict[str, Any]
    futures: int
    seed: int


def at_point(task: Point) -> list[float]:
    """The means of ``OUTCOMES`` over the futures of a point, and the share in which the change never took hold."""
    setting = task.scenario.replacing(task.keys)
    stays, month = staying(setting)
    when, here = calendar(setting), calendar(stays).staying(month)
    rows = []
    for future in range(task.futures):
        within, draws = _made(setting, task.seed, future)
        record = engine.run(setting, seed=task.seed, future=future, within=within, when=when, draws=draws)
        judged = judge(record.monthly["practice"], setting, reference_month(setting, record))
        structure = within.structure
        there = np.setdiff1d(structure.staff, [structure.director])
        ends = [
            engine.run(
                stays, seed=task.seed, future=future, keep="people", within=within, when=cut,
                draws=_made(stays, task.seed, future)[1],
            ).people["practice"][stays.months, there].mean()
            for cut in (here, here.cutting(month, [structure.director], EMPTY))
        ]  # fmt: skip
        went = judged.outcome
        rows.append([went == COLLAPSED, judged.practice_after, ends[0] - ends[1], went == NEVER])
    return [float(x) for x in np.mean(rows, axis=0)]


_KNOWN: dict[tuple[Any, ...], tuple[Organisation, Draws]] = {}
"""Organisations and draws of this process, made once for all points that share them."""

MOST_KNOWN = 256


def _made(setting: Scenario, seed: int, future: int) -> tuple[Organisation, Draws]:
    shape = setting.organisation.model_dump_json(), setting.subscription.enabled, setting.months
    if (key := (*shape, str(setting.folder), seed, future)) not in _KNOWN:
        if len(_KNOWN) >= MOST_KNOWN:
            _KNOWN.clear()
        within = organisation(setting, seed, future)
        _KNOWN[key] = within, draw(within.structure, setting.months, seed, future)
    return _KNOWN[key]
