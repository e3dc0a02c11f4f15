"""The command that finishes what was stopped: resume."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.interface.cli.calibrate import finish_calibrate
from sim.interface.cli.dependency import finish_dependency
from sim.interface.cli.handout import finish_handout
from sim.interface.cli.interventions import finish_interventions
from sim.interface.cli.kit import finish_kit
from sim.interface.cli.options import ClusterOption, WorkersOption
from sim.interface.cli.progress import dask, workers_for
from sim.interface.cli.report import finish_report
from sim.interface.cli.run import finish_run
from sim.interface.cli.sensitivity import finish_sensitivity
from sim.interface.cli.sweep import finish_sweep
from sim.interface.cli.validate import finish_validate
from sim.interface.cli.worlds import finish_over

if TYPE_CHECKING:
    from sim.experiments.store import InFolder
    from sim.experiments.workers import Workers


def resume(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of what was stopped.")],
    workers: WorkersOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Finish what was stopped. Only what is missing is played, and the results are what they would have been."""
    from sim.experiments.store import InFolder

    store = InFolder.open(folder)
    if store is None:
        typer.echo(f"{folder}: finished already; nothing is missing.")
        return
    with store, dask(cluster) as executor, workers_for(store, workers, executor) as crew:
        FINISH[store.job["kind"]](store, crew)


FINISH: dict[str, Callable[["InFolder", "Workers"], None]] = {
    "run": finish_run,
    "sweep": finish_sweep,
    "over": finish_over,
    "interventions": finish_interventions,
    "dependency": finish_dependency,
    "report": finish_report,
    "handout": finish_handout,
    "kit": finish_kit,
    "validate": finish_validate,
    "plausible": finish_calibrate,
    "sensitivity": finish_sensitivity,
}
"""How a job is finished, by its kind."""
