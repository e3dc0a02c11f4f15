"""Results in sentences that can be read aloud, and in tables for a terminal: a module for each kind."""

from collections.abc import Iterable
from pkgutil import resolve_name

from sim.report import of_kind

TOLD_BY = {
    "Comparison": "sim.report.words.comparison:comparison_words",
    "Replay": "sim.report.words.replay:replay_words",
    "Interventions": "sim.report.words.interventions:interventions_words",
    "Dependency": "sim.report.words.dependency:dependency_words",
    "Robustness": "sim.report.words.robustness:robustness_words",
    "DependencyAcrossWorlds": "sim.report.words.robustness:dependency_words",
    "Forecasts": "sim.report.words.forecast:forecast_words",
    "CalibrationRun": "sim.report.pages.calibration:calibration_words",
    "Sensitivity": "sim.report.pages.sensitivity:sensitivity_words",
    "Validation": "sim.report.pages.validation:validation_words",
}
"""What tells a result, by the name of its class; imported only when it is asked for."""


def sentences(result: object) -> Iterable[str]:
    """What came out, a line at a time."""
    lines: Iterable[str] = resolve_name(of_kind(result, TOLD_BY))(result)
    return lines
