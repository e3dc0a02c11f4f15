"""leadership-sim: if our director goes, does the change survive, and what would make it survive?

In short::

    import sim

    scenario = sim.load("director-turnover")
    one = sim.run(scenario)                  # one future: one.months, one.ledger.frame(), one.plot()
    many = sim.compare(scenario, futures=200)  # every variant: many.summary, many.futures, many.words(), many.plot()
    sim.explain(many.save("results/mine"))   # a page to hand to a director

The model to read and to change is ``sim.model.model``; its people are in ``sim.model.agents``; its equations in ``sim.model.rules``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiments.comparison import Comparison
    from sim.model.agents import Person
    from sim.model.record import Record
    from sim.report.handout import Handout
    from sim.scenario.scenario import Scenario

__version__ = "0.1.0"
__all__ = ["compare", "explain", "load", "run", "view"]


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

    setting = load(scenario) if isinstance(scenario, str | Path) else scenario
    if variant is not None and variant != "base":
        setting = setting.variant(variant)
    return run_one(setting, seed, future, agents=agents, keep="everything")


def compare(scenario: "Scenario | str | Path", futures: int = 200, seed: int = 1, **options: Any) -> "Comparison":
    """Run every variant on the same ``futures`` futures; options as in ``sim.experiments.comparison.compare``.

    In a script, call it below ``if __name__ == "__main__":``, since it starts other processes.
    """
    from sim.experiments.comparison import compare as _compare

    setting = load(scenario) if isinstance(scenario, str | Path) else scenario
    return _compare(setting, futures, seed, **options)


def view(what: "Record | Scenario | str | Path", futures: int = 20, seed: int = 1) -> "Handout":
    """The handout's page for a scenario, or for a run of one future, shown in a frame by a notebook.

    It plays that future month by month, beside the same with leadership shared, and has parameters over ``futures`` futures
    (2 to 100) made beforehand. ``seed``: of a scenario; a run has its own. Raises ``sim.scenario.scenario.ScenarioError`` where
    no director is scheduled to leave, and for what cannot be run.
    """
    from sim.model.record import Record
    from sim.report.handout import handout

    if isinstance(what, Record):
        return handout(what.scenario, futures=max(futures, what.future + 1), seed=what.seed, future=what.future)
    if not isinstance(what, str | Path) and not hasattr(what, "departures"):
        raise TypeError(f"view: a run, a scenario or its name is needed, not {what!r}")
    return handout(load(what) if isinstance(what, str | Path) else what, futures=futures, seed=seed)


def explain(folder: "Path | str", **options: Any) -> "Path":
    """Write a page about a finished run, to hand to a director, into its folder; options as in ``sim.report.director``.

    Returns where the page is. Raises ``sim.scenario.scenario.ScenarioError`` for a folder that is none of a finished run.
    """
    from sim.report.director import explain as _explain

    return _explain(folder, **options)
