"""Pictures of results, drawn to be read from the back of a room: a module for each kind."""

from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from sim.report import of_kind

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWN_BY = {
    "Record": "sim.report.plots.people:plot_record",
    "Comparison": "sim.report.plots.comparison:plot_comparison",
    "Interventions": "sim.report.plots.interventions:plot_interventions",
    "Robustness": "sim.report.plots.uncertainty:plot_worlds",
    "CalibrationRun": "sim.report.plots.uncertainty:plot_calibration",
}
"""What draws a result, by the name of its class; imported only when it is asked for."""


def plot(result: object, **options: Any) -> "Figure":
    """The picture of a result.

    A comparison: median and bands of practised commitment and momentum, a panel for each variant; with
    ``ends=True``, how the futures of each variant ended. A record: one future month by month; with ``month=``, who is
    where in that month. Interventions: what each does to survival. Many worlds: each variant, a dot for each world.
    """
    figure: Figure = resolve_name(of_kind(result, DRAWN_BY))(result, **options)
    return figure
