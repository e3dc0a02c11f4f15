"""Results in sentences that can be read aloud, and in tables for a terminal: a module for each kind."""

from collections.abc import Iterable
from functools import singledispatch

from sim.report import registered

TOLD_BY = {
    "Comparison": "sim.report.words.comparison",
    "Replay": "sim.report.words.replay",
    "Interventions": "sim.report.words.interventions",
    "Dependency": "sim.report.words.dependency",
    "Robustness": "sim.report.words.robustness",
    "DependencyAcrossWorlds": "sim.report.words.robustness",
    "Forecasts": "sim.report.words.forecast",
    "CalibrationRun": "sim.report.pages.calibration",
    "Sensitivity": "sim.report.pages.sensitivity",
    "Validation": "sim.report.pages.validation",
}
"""The module that tells a result, by the name of its class."""


@singledispatch
def sentences(result: object) -> Iterable[str]:
    """What came out, a line at a time."""
    lines: Iterable[str] = registered(sentences.dispatch, result, TOLD_BY)(result)
    return lines
