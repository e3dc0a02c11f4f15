"""Pictures of results, drawn to be read from the back of a room: a module for each kind."""

from functools import singledispatch
from typing import TYPE_CHECKING, Any

from sim.report import registered

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWN_BY = {
    "Record": "sim.report.plots.people",
    "Comparison": "sim.report.plots.comparison",
    "Interventions": "sim.report.plots.interventions",
    "Robustness": "sim.report.plots.uncertainty",
    "CalibrationRun": "sim.report.plots.uncertainty",
}
"""The module that draws a result, by the name of its class."""


@singledispatch
def plot(result: object, **options: Any) -> "Figure":
    """The picture of a result.

    A comparison: median and bands of practised commitment and momentum, a panel for each variant; with
    ``ends=True``, how the futures of each variant ended. A record: one future month by month; with ``month=``, who is
    where in that month. Interventions: what each does to survival. Many worlds: each variant, a dot for each world.
    """
    figure: Figure = registered(plot.dispatch, result, DRAWN_BY)(result, **options)
    return figure
