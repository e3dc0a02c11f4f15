"""leadership-sim: if our director goes, does the change survive, and what would make it survive?

In short::

    import sim

    scenario = sim.load("director-turnover")
    one = sim.run(scenario)                  # one future: one.months, one.ledger.frame()
    sim.plot(one), sim.plot(one, month=36)   # month by month; who is where in one of them
    many = sim.compare(scenario, futures=200)   # every variant: many.summary, many.futures
    print(sim.words(many))
    sim.plot(many), sim.plot(many, ends=True)
    folder = sim.save(many, "results/mine")
    sim.write_report(folder)                 # a page to hand to a director
    sim.handout(scenario).save("handout.html")

The model to read and to change is ``sim.model.model``; its people are in ``sim.model.agents``; its equations in
``sim.model.rules``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.base.version import VERSION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.experiments.comparison import Comparison
    from sim.model.agents import Person
    from sim.model.record import Record
    from sim.report.handout import Handout
    from sim.scenario.scenario import Scenario

__version__ = VERSION
__all__ = ["compare", "handout", "load", "plot", "run", "save", "view", "words", "write_report"]


def load(scenario: "str | Path") -> "Scenario":
    """Read a scenario: a name from the library, or the path of a TOML file.

    Raises ``sim.scenario.scenario.ScenarioError``, whose message lists every mistake found.
    """
    from sim.scenario import scenario as reading

    return reading.load(scenario)


def run(
    scenario: "Scenario | str | Path",
    variant: str | None = None,
    *,
    seed: int = 1,
    future: int = 0,
    agents: "Sequence[type[Person]]" = (),
) -> "Record":
    """Run one future and keep all of it: every month, every person, and the ledger of who moved whom.

    The future is the one that ``compare`` runs under the same ``seed`` and number. ``agents`` are subclasses of
    people (of ``Practitioner``, say) to use in place of those they derive from.
    """
    from sim.experiments.ensemble import run_one

    setting = _loaded(scenario)
    if variant is not None and variant != "base":
        setting = setting.variant(variant)
    return run_one(setting, seed, future, agents=agents, keep="everything")


def compare(
    scenario: "Scenario | str | Path",
    futures: "range | int" = 200,
    seed: int = 1,
    *,
    variants: "Sequence[str] | None" = None,
    **options: Any,
) -> "Comparison":
    """Run the base and its variants in the same futures: the first so many, or those of a range.

    ``variants``: which ones, all if None. Variants of your own: ``load(name).with_({"variants": {"open": {"title":
    "Somebody open follows", "succession": {"successor_commitment": 0.45}}}})``. Other options as in
    ``sim.experiments.comparison.compare``. ``summary`` of what comes out has a row per variant with intervals.

    In a script, call it below ``if __name__ == "__main__":``, since it starts other processes.
    """
    from sim.experiments.comparison import compare as _compare

    return _compare(_loaded(scenario), futures, seed, variants=variants, **options)


def plot(result: object, **options: Any) -> "Figure":
    """The picture of a result: of a record, a comparison, interventions, or many worlds.

    A record: one future month by month; with ``month=36``, who is where in that month. A comparison: a panel for each
    variant; with ``ends=True``, how the futures of each ended. Raises TypeError for anything else.
    """
    from sim.report.plots import plot as _plot

    return _plot(result, **options)


def words(result: object) -> str:
    """What came out, in sentences that can be read aloud. Raises TypeError for what is no result."""
    from sim.report.words import sentences

    return "\n".join(sentences(result))


def save(result: object, folder: "Path | str", **options: Any) -> "Path":
    """Write a result into a folder: tables, pictures, scenario and manifest, all or nothing. Returns the folder.

    Options as in ``sim.report.save.save``: ``overwrite=True``; for a comparison ``keep="futures"`` and ``names=True``.
    """
    from sim.report.save import save as _save

    return _save(result, folder, **options)


def write_report(folder: "Path | str", **options: Any) -> "Path":
    """Write a page about a finished run, to hand to a director, into its folder; options as in ``sim.report.director``.

    Returns where the page is. Raises ``sim.scenario.scenario.ScenarioError`` where the folder holds no finished run.
    """
    from sim.report.director import write_report as _write_report

    return _write_report(folder, **options)


def handout(scenario: "Scenario | str | Path", **options: Any) -> "Handout":
    """The page for a room, which plays the model itself; options as in ``sim.report.handout.page``."""
    from sim.report.handout.page import handout as _handout

    return _handout(_loaded(scenario), **options)


def view(what: "Record | Scenario | str | Path", futures: int = 20, seed: int = 1) -> "Handout":
    """The handout's page for a scenario, or for a run of one future, shown in a frame by a notebook.

    It plays that future month by month, and as many ``futures`` (2 to 100) at any setting of its levers. ``seed``: of a
    scenario; a run has its own. Raises ``sim.scenario.scenario.ScenarioError`` where no director is scheduled to leave,
    and for what cannot be run.
    """
    from sim.base.errors import ScenarioError
    from sim.model.record import Record

    if isinstance(what, Record):
        if what.changed:
            raise ScenarioError(
                "view: the page plays the model as it is, and this run had people of your own "
                f"({', '.join(what.changed)}); look at its months with sim.plot, or change the rules and rebuild "
                "the engine: docs/change-the-model.md"
            )
        return handout(what.scenario, futures=max(futures, what.future + 1), seed=what.seed, future=what.future)
    if not isinstance(what, str | Path) and not hasattr(what, "departures"):
        raise TypeError(f"view: a run, a scenario or its name is needed, not {what!r}")
    return handout(what, futures=futures, seed=seed)


def _loaded(scenario: "Scenario | str | Path") -> "Scenario":
    return load(scenario) if isinstance(scenario, str | Path) else scenario
