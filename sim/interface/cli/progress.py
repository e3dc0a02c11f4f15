"""Who does the work of a command, and how far it is: bars, folders of work under way, clusters."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sim.base.errors import ScenarioError
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from tqdm import tqdm

    from sim.experiments.store import InFolder
    from sim.experiments.workers import Workers


@contextmanager
def bar(total: int | None, unit: str) -> "Iterator[tqdm[Any]]":
    """A bar that shows how far the work is."""
    from tqdm import tqdm

    with tqdm(total=total, unit=unit, disable=not sys.stderr.isatty(), leave=False) as shown:
        yield shown


@contextmanager
def workers_for(store: "InFolder", workers: int | None, executor: "Executor | None" = None) -> "Iterator[Workers]":
    """Who does the work, with a bar that shows how far it is, and a note how to go on if it is stopped."""
    from sim.experiments.workers import Workers

    job = store.job
    total, unit = job.get("tasks"), job.get("unit", "setting")
    if "tasks" not in job:
        groups = job.get("points") or job.get("worlds") or [{}]
        total, unit = job["futures"] * len(job["sha256"]) * len(groups), "run"
    try:
        with bar(total, unit) as shown:
            yield Workers(workers, executor, on_progress=shown.update, finished=shown.close)
    except KeyboardInterrupt:
        kept = "What was done is kept" if store.done else "Nothing was finished yet"
        typer.echo(f"\n{kept}; go on with  leadership-sim resume {store.folder}", err=True)
        raise


@contextmanager
def begun(
    kind: str, setting: Scenario | None, folder: Path, overwrite: bool, workers: int | None,
    cluster: str | None = None, **asked: Any,
) -> "Iterator[tuple[InFolder, Workers]]":  # fmt: skip
    """A job begun in a folder, and who does its work. asked: as in ``job``. Raises ScenarioError if it cannot begin."""
    from sim.experiments.jobs import job
    from sim.experiments.store import InFolder

    asked = job(kind, setting, folder, workers=workers, **asked)
    with (
        dask(cluster) as executor,
        InFolder.create(folder, asked, overwrite) as store,
        workers_for(store, workers, executor) as crew,
    ):
        if kind != "run" and not sys.stderr.isatty():  # where no bar is drawn, a long job says where it is
            typer.echo(f"At work; if it is stopped, go on with  leadership-sim resume {store.folder}", err=True)
        try:
            yield store, crew
        except ScenarioError:
            if not store.done:
                store.finish()  # so that what cannot be done at all leaves nothing behind
            raise


def beside(out: Path) -> Path:
    """Where the parts of a single file stand while it is made."""
    return out.with_name(f"{out.name}-unfinished")


def inside(folder: Path) -> Path:
    """Where the parts of what is added to a folder stand while it is made."""
    return folder / "unfinished"


@contextmanager
def dask(address: str | None) -> "Iterator[Executor | None]":
    """The executor of a Dask scheduler; None without an address."""
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise ScenarioError("--cluster needs Dask: install leadership-sim[cluster]") from None
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise ScenarioError(f"--cluster {address}: no Dask scheduler answers there ({error})") from None
    with client:
        yield client.get_executor(pure=False)
