"""What is measured at a point of the parameters, the same futures at all points."""

from typing import Any

import numpy as np

from sim.analysis.dependency.knockouts import staying
from sim.experiments.environment import shared
from sim.experiments.verdict import COLLAPSED, NEVER, judge, reference_month
from sim.model.calendar import calendar
from sim.model.removal import Removal
from sim.scenario.scenario import Scenario

OUTCOMES = {
    "collapsed": "the share of futures that collapse",
    "practice": "practised commitment in the end",
    "dependency": "practised commitment lost with the director",
}
"""What is measured, in words. The last is causal dependency before it is divided by what leader and programme add
together: the share is undefined where they add next to nothing, and the indices need a number everywhere."""

NEVER_HELD = len(OUTCOMES)
"""The place, among what is measured, of the share that never took hold."""


def at_point(scenario: Scenario, futures: int, seed: int, keys: dict[str, Any]) -> list[float]:
    """The means of ``OUTCOMES`` over the futures of a point, and the share in which the change never took hold."""
    setting = scenario.with_(keys)
    stays, month = staying(setting)
    when, here = calendar(setting), calendar(stays).staying(month)
    environment = shared(seed)
    rows = []
    for future in range(futures):
        record = environment.play(setting, future, calendar=when)
        judged = judge(record.monthly["practice"], setting, reference_month(setting, record))
        structure = environment.of(setting, future).organisation.structure
        there = np.setdiff1d(structure.staff, [structure.director])
        cuts = here, here.removing(month, [structure.director], Removal.EMPTIED)
        kept = environment.together([(stays, cut) for cut in cuts], future, keep="people")
        ends = [record.people["practice"][stays.months, there].mean() for record in kept]
        went = judged.outcome
        rows.append([went == COLLAPSED, judged.practice_after, ends[0] - ends[1], went == NEVER])
    return [float(x) for x in np.mean(rows, axis=0)]
