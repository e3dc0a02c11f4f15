"""What depends on choices that are not parameters: network and generator, size, horizon, thresholds, time step.

The table itself: ``sim/analysis/sensitivity/structure.toml``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sim.analysis.sensitivity.time_step import finer
from sim.base.errors import read_toml
from sim.base.intervals import wilson
from sim.experiments.ensemble import BASE, OK, run_chunks, settings, shortened
from sim.experiments.verdict import COLLAPSED, NEVER
from sim.scenario.scenario import Scenario, ScenarioError


class Choice(NamedTuple):
    """One way to set something: what it is about, what is chosen, the keys that do it, and steps in a month.

    generated: whether it is for generated organisations only.
    """

    about: str
    chosen: str
    keys: dict[str, Any]
    parts: int = 1
    generated: bool = False


CHOICES = (
    Choice("as it is", "", {}),
    *(Choice(**choice) for choice in read_toml(Path(__file__).with_suffix(".toml"))["choices"]),
)


def choices(scenario: Scenario) -> list[Choice]:
    """The choices to try in a scenario; none of network or size where the organisation is read from files."""
    return [choice for choice in CHOICES if not (choice.generated and scenario.organisation.imported)]


def under(scenario: Scenario, futures: int, seed: int, choice: Choice) -> list[float]:
    """A choice's results, for the base and each variant: how many futures ran, collapsed and never took hold.

    No futures where the scenario cannot be run so: with an event for a seat that is not there, say.
    """
    every = settings(scenario)
    try:
        asked = {slug: _set(setting, choice) for slug, setting in every.items()}
        chunks = run_chunks([asked], seed, range(futures), keep_months=False)
    except ScenarioError:
        return [0.0] * (3 * len(every))
    out: list[float] = []
    for chunk in chunks:
        ended = zip(chunk.columns["status"], chunk.columns.get("outcome", ()), strict=False)  # none where all failed
        went = [outcome for status, outcome in ended if status == OK]
        out += [len(went), went.count(COLLAPSED.word), went.count(NEVER.word)]
    return out


def _set(setting: Scenario, choice: Choice) -> Scenario:
    keys = dict(choice.keys)
    if "measure.horizon" in keys:
        keys["months"] = max(setting.months, setting.reference_month + keys["measure.horizon"])
    alone = shortened(setting.with_(keys, drop=("variants",)))
    return finer(alone, choice.parts) if choice.parts > 1 else alone


def rows(scenario: Scenario, found: list[list[float]]) -> Iterator[dict[str, Any]]:
    """A row for each choice and variant: what share collapsed, with its interval."""
    slugs = (BASE, *scenario.variants)
    for choice, values in zip(choices(scenario), found, strict=True):
        for i, slug in enumerate(slugs):
            futures, collapsed, never = (int(x) for x in values[3 * i : 3 * i + 3])
            yield {
                "about": choice.about,
                "chosen": choice.chosen,
                "variant": slug,
                "futures": futures,
                **wilson(collapsed, futures).columns("collapsed"),
                "never_took_hold": never / futures if futures else float("nan"),
            }
