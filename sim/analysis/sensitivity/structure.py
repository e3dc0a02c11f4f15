"""What depends on choices that are not parameters: network and generator, size, horizon, thresholds, time step."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sim.analysis.sensitivity.time_step import finer
from sim.base.intervals import wilson
from sim.experiments.ensemble import BASE, OK, run_chunk, settings
from sim.experiments.verdict import COLLAPSED, NEVER
from sim.scenario.scenario import Scenario, ScenarioError


class Choice(NamedTuple):
    """One way to set something: what it is about, what is chosen, the keys that do it, and steps in a month."""

    about: str
    chosen: str
    keys: dict[str, Any]
    parts: int = 1


AS_IT_IS = Choice("as it is", "", {})

NETWORK = (
    Choice("ties between teams", "none", {"organisation.cross_team_links": 0.0}),
    Choice("ties between teams", "three times as many", {"organisation.cross_team_links": 5.1}),
    Choice("ties between teams", "with the next team only", {"organisation.cross_team": "neighbours"}),
    Choice("ties between teams", "through one person a team", {"organisation.cross_team": "hubs"}),
)
SIZE = tuple(
    Choice("size", f"{teams} teams of {members}",
           {"organisation.teams": teams, "organisation.practitioners_per_team": members})
    for teams, members in ((4, 8), (16, 8), (32, 8), (8, 4), (8, 16))
)  # fmt: skip
PARTNERS = (
    Choice("ties with partners", "three times as many", {
        "organisation.manager_links": 3, "organisation.health_practitioner_links": 6,
        "organisation.vcs_practitioner_links": 9,
    }),
    Choice("ties with lived experience", "direct", {"organisation.coproduction": "direct"}),
)  # fmt: skip
JUDGED = (
    *(Choice("horizon", f"{months} months", {"measure.horizon": months}) for months in (24, 36, 84)),
    *(Choice("survives from a retention of", f"{x:g}", {"measure.survival": x}) for x in (0.3, 0.4, 0.6, 0.7)),
    *(Choice("takes hold from a practice of", f"{x:g}", {"measure.taken_hold": x}) for x in (0.15, 0.35)),
)
STEPS = (Choice("time step", "half a month", {}, 2), Choice("time step", "a quarter of a month", {}, 4))


def choices(scenario: Scenario) -> list[Choice]:
    """The choices to try in a scenario; none of network or size where the organisation is read from files."""
    setting = scenario.organisation
    generated = not setting.imported
    return [AS_IT_IS, *((*NETWORK, *SIZE, *PARTNERS) if generated else ()), *JUDGED, *STEPS]


def under(scenario: Scenario, futures: int, seed: int, choice: Choice) -> list[float]:
    """A choice's results, for the base and each variant: how many futures ran, collapsed and never took hold.

    No futures where the scenario cannot be run so: with an event for a seat that is not there, say.
    """
    every = settings(scenario)
    try:
        asked = {slug: _set(setting, choice) for slug, setting in every.items()}
        chunks = run_chunk(asked, seed, range(futures), keep_months=False)
    except ScenarioError:
        return [0.0] * (3 * len(every))
    out: list[float] = []
    for chunk in chunks:
        went = [row["outcome"] for row in chunk.rows if row["status"] == OK]
        out += [len(went), went.count(COLLAPSED.word), went.count(NEVER.word)]
    return out


def _set(setting: Scenario, choice: Choice) -> Scenario:
    keys = dict(choice.keys)
    if "measure.horizon" in keys:
        keys["months"] = max(setting.months, setting.reference_month + keys["measure.horizon"])
    alone = setting.with_(keys, drop=("variants",))
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
